import type { ColumnType } from '#kernel';
import type { Dialect } from '../database/dialect.js';
import { deleteByKey, quoted, selectByKey, upsert } from '../sql.js';
import type { TableShape } from '../table-shape.js';

/** Everything that SQLite says differently from PostgreSQL, and nothing else. */

const columnTypes: { readonly [type in ColumnType]: string } = {
  text: 'TEXT',
  integer: 'INTEGER',
  json: 'TEXT',
};

/**
 * STRICT, so that a cell cannot change its type on the way; WITHOUT ROWID, because every table is
 * read by its key, and a rowid would be a second tree. Text compares by its UTF-8 bytes (BINARY),
 * which is SQLite's default and what C collation means elsewhere.
 */
export const createTable = (shape: TableShape): readonly string[] => {
  const columns = shape.columns.map(
    ({ name, type, nullable }) =>
      `${quoted(name)} ${columnTypes[type]}${nullable ? '' : ' NOT NULL'}`,
  );
  return [
    `CREATE TABLE ${quoted(shape.name)} (${columns.join(', ')},` +
      ` PRIMARY KEY (${quoted(shape.key)})) STRICT, WITHOUT ROWID`,
  ];
};

/** Whoever writes has the whole database. */
export const forUpdate = '';

/** Last, what grows whenever another connection has written: a rebuild beside this one, perhaps. */
export const selectCheckpointToMove =
  'SELECT "position", "fingerprint", (SELECT "data_version" FROM pragma_data_version)' +
  ' FROM "checkpoint"';

/** Rows of one statement. Three times as fast as one by one; the rest of a batch goes one by one. */
const rowsPerStatement = 32;

/** Chunks of exactly two sizes, full and one, so that a table has few statements to prepare. */
const chunks = <T>(items: readonly T[]): readonly (readonly T[])[] => {
  const full = items.length - (items.length % rowsPerStatement);
  const result: (readonly T[])[] = [];
  for (let start = 0; start < full; start += rowsPerStatement)
    result.push(items.slice(start, start + rowsPerStatement));
  for (const item of items.slice(full)) result.push([item]);
  return result;
};

export const selectRows: Dialect['selectRows'] = (shape, keys) =>
  chunks(keys).map((chunk) => ({ sql: selectByKey(shape, chunk.length), parameters: chunk }));

export const upsertRows: Dialect['upsertRows'] = (shape, rows) =>
  chunks(rows).map((chunk) => ({ sql: upsert(shape, chunk.length), parameters: chunk.flat() }));

export const deleteRows: Dialect['deleteRows'] = (shape, keys) =>
  chunks(keys).map((chunk) => ({ sql: deleteByKey(shape, chunk.length), parameters: chunk }));

/** Other processes look by themselves. */
export const tellMoved: Dialect['tellMoved'] = () => [];

/** Takes the write lock at once: a transaction that reads first could otherwise fail midway. */
export const beginWriting = 'BEGIN IMMEDIATE';

/** Beside the views that a connection has opened. */
export const attachFresh = 'ATTACH ? AS fresh';

/** Changes nothing; takes the write lock of the views, and none of what is attached. */
export const lockViews = 'UPDATE main."checkpoint" SET "position" = "position"';

/** Makes the rows of a table those of the attached one, and writes none that is the same already. */
export const replaceRows = ({ name, key, columns }: TableShape): readonly string[] => {
  const names = columns.map((column) => quoted(column.name));
  const live = `main.${quoted(name)}`;
  const fresh = `fresh.${quoted(name)}`;
  const isSameRow = `l.${quoted(key)} = f.${quoted(key)}`;
  const differs = names.map((column) => `l.${column} IS NOT f.${column}`).join(' OR ');
  return [
    `DELETE FROM ${live} AS l WHERE NOT EXISTS (SELECT 1 FROM ${fresh} AS f WHERE ${isSameRow})`,
    `INSERT OR REPLACE INTO ${live} (${names.join(', ')})` +
      ` SELECT ${names.map((column) => `f.${column}`).join(', ')}` +
      ` FROM ${fresh} AS f LEFT JOIN ${live} AS l ON ${isSameRow} WHERE ${differs}`,
  ];
};

/** Takes no lock; the first read after it chooses the moment that all reads see. */
export const beginReading = 'BEGIN DEFERRED';

/** Answers `delete` once there is no WAL any more, which takes that nobody else is connected. */
export const leaveWal = 'PRAGMA journal_mode = DELETE';

export const hasTable = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";

/** The wall's time in milliseconds. */
export const wallMs = "SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";

/** How long a connection waits for another process's write before it gives up. */
const busyTimeoutMs = 5_000;
const cacheKibibytes = 32 * 1024;
const common = [`busy_timeout = ${busyTimeoutMs}`, `cache_size = -${cacheKibibytes}`];

/**
 * synchronous NORMAL: the views are a function of the log. A power cut may lose the last
 * transactions, but rows and checkpoint go back together, and the log gives those events again.
 */
export const liveViews = [...common, 'journal_mode = WAL', 'synchronous = NORMAL'];

/** A rebuild writes a file that nobody reads before it is whole: a crash throws it away. */
export const buildingViews = [
  ...common,
  'journal_mode = OFF',
  'synchronous = OFF',
  'locking_mode = EXCLUSIVE',
];

/** The same beside an engine: read by others while it is written, and thrown away in any case. */
export const asideViews = [...common, 'journal_mode = WAL', 'synchronous = OFF'];

/** Beside the engine that has chosen the journal. */
export const replacingViews = [...common, 'synchronous = NORMAL'];

/** query_only is the guard that a query cannot write, whatever its text says. */
export const readingViews = [...common, 'query_only = ON'];

export const readingFollowers = [...common, 'query_only = ON'];

/** Beside their owner, who has chosen the journal. What is asked must not be lost either. */
export const askingFollowers = [...common, 'synchronous = FULL'];

/** synchronous FULL: parked items, leases and deadlines stand nowhere else. */
export const followersKept = [...common, 'journal_mode = WAL', 'synchronous = FULL'];
