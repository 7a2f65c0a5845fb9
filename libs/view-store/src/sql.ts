import type { TableShape } from './table-shape.js';

/**
 * The statements that views need, in the part of SQL that SQLite and PostgreSQL share, with `?` as
 * placeholder. Names are snake_case (see table-shape) and always quoted.
 */
export const quoted = (name: string): string => `"${name}"`;

const listed = (names: readonly string[]): string => names.map(quoted).join(', ');
const placeholders = (count: number): string => Array.from({ length: count }, () => '?').join(', ');
const columnNames = (shape: TableShape): readonly string[] => shape.columns.map(({ name }) => name);

/** Reads up to `keys` rows by key. */
export const selectByKey = (shape: TableShape, keys: number): string =>
  `SELECT ${listed(columnNames(shape))} FROM ${quoted(shape.name)}` +
  ` WHERE ${quoted(shape.key)} IN (${placeholders(keys)})`;

/** Inserts or replaces `rows` rows of different keys in one statement. */
export const upsert = (shape: TableShape, rows: number): string => {
  const names = columnNames(shape);
  const tuple = `(${placeholders(names.length)})`;
  const tuples = Array.from({ length: rows }, () => tuple).join(', ');
  const changed = names.filter((name) => name !== shape.key);
  const settings = changed.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ');
  const resolution = changed.length === 0 ? 'NOTHING' : `UPDATE SET ${settings}`;
  return (
    `INSERT INTO ${quoted(shape.name)} (${listed(names)}) VALUES ${tuples}` +
    ` ON CONFLICT (${quoted(shape.key)}) DO ${resolution}`
  );
};

/** Deletes up to `keys` rows by key. */
export const deleteByKey = (shape: TableShape, keys: number): string =>
  `DELETE FROM ${quoted(shape.name)} WHERE ${quoted(shape.key)} IN (${placeholders(keys)})`;

/** The first page of a table in the order of its key. */
export const firstPageByKey = (shape: TableShape): string =>
  `SELECT ${listed(columnNames(shape))} FROM ${quoted(shape.name)}` +
  ` ORDER BY ${quoted(shape.key)} LIMIT ?`;

/** The page after the key given. */
export const pageByKey = (shape: TableShape): string =>
  `SELECT ${listed(columnNames(shape))} FROM ${quoted(shape.name)}` +
  ` WHERE ${quoted(shape.key)} > ? ORDER BY ${quoted(shape.key)} LIMIT ?`;

export const createIndexes = (shape: TableShape): readonly string[] =>
  shape.indexes.map(
    (columns, index) =>
      `CREATE INDEX ${quoted(`${shape.name}_index_${index}`)}` +
      ` ON ${quoted(shape.name)} (${listed(columns)})`,
  );

export const selectCheckpoint = 'SELECT "position", "fingerprint" FROM "checkpoint"';
export const insertCheckpoint =
  'INSERT INTO "checkpoint" ("name", "position", "fingerprint") VALUES (?, ?, ?)';
export const updateCheckpoint = 'UPDATE "checkpoint" SET "position" = ?';
