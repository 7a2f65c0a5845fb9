import type { ColumnType } from '#kernel';
import { quoted } from '../sql.js';
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
export const createTable = (shape: TableShape): string => {
  const columns = shape.columns.map(
    ({ name, type, nullable }) =>
      `${quoted(name)} ${columnTypes[type]}${nullable ? '' : ' NOT NULL'}`,
  );
  return (
    `CREATE TABLE ${quoted(shape.name)} (${columns.join(', ')},` +
    ` PRIMARY KEY (${quoted(shape.key)})) STRICT, WITHOUT ROWID`
  );
};

/** Takes the write lock at once: a transaction that reads first could otherwise fail midway. */
export const beginWriting = 'BEGIN IMMEDIATE';

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

/** query_only is the guard that a query cannot write, whatever its text says. */
export const readingViews = [...common, 'query_only = ON'];

export const readingFollowers = [...common, 'query_only = ON'];

/** Beside their owner, who has chosen the journal. What is asked must not be lost either. */
export const askingFollowers = [...common, 'synchronous = FULL'];

/** synchronous FULL: parked items, leases and deadlines stand nowhere else. */
export const followersKept = [...common, 'journal_mode = WAL', 'synchronous = FULL'];
