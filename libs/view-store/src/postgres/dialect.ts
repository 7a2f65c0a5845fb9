import type { ColumnType } from '#kernel';
import { application, projector } from '#postgres';
import type { Dialect } from '../database/dialect.js';
import { quoted } from '../sql.js';
import type { Cells, TableShape } from '../table-shape.js';

/** Everything that PostgreSQL says differently from SQLite, and nothing else. */

/** Text compares by its UTF-8 bytes, as on SQLite. json is text: its one canonical form is kept. */
const columnTypes: { readonly [type in ColumnType]: string } = {
  text: 'text COLLATE "C"',
  integer: 'bigint',
  json: 'text COLLATE "C"',
};

const arrayTypes: { readonly [type in ColumnType]: string } = {
  text: 'text[]',
  integer: 'bigint[]',
  json: 'text[]',
};

/** Whose rows a connection may see; a connection that has said nothing sees none. */
export const organisationSetting = 'casement.organisation';

const organisationColumn = 'organisation_id';

/**
 * Rows of an organisation are seen by whoever says that he asks for it, the owner included, and by
 * the projector, who writes them all. Tables without organisations are no tenant's: the checkpoint
 * may be read, the rows that stand still may not.
 */
export const createTable: Dialect['createTable'] = (shape) => {
  const columns = shape.columns.map(
    ({ name, type, nullable }) =>
      `${quoted(name)} ${columnTypes[type]}${nullable ? '' : ' NOT NULL'}`,
  );
  const table = quoted(shape.name);
  const whose = shape.columns.some(({ name }) => name === organisationColumn);
  const mayRead = whose || shape.name === 'checkpoint';
  return [
    `CREATE TABLE ${table} (${columns.join(', ')}, PRIMARY KEY (${quoted(shape.key)}))`,
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY projected ON ${table} TO ${projector} USING (true) WITH CHECK (true)`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO ${projector}`,
    ...(whose ? [`CREATE POLICY own ON ${table} FOR SELECT USING (${isOwn})`] : []),
    ...(shape.name === 'checkpoint'
      ? [`CREATE POLICY shown ON ${table} FOR SELECT TO ${application} USING (true)`]
      : []),
    ...(mayRead ? [`GRANT SELECT ON ${table} TO ${application}`] : []),
  ];
};

/** A connection that has said it once gives an empty text afterwards, which is no organisation. */
const organisation = `nullif(current_setting('${organisationSetting}', true), '')`;
const isOwn = `${quoted(organisationColumn)} = ${organisation}`;

/** In the schemas that the connection looks into: those of its own views. */
export const hasTable = 'SELECT 1 WHERE to_regclass(quote_ident(?)) IS NOT NULL';

export const forUpdate = ' FOR UPDATE';

/** Tables that were put in the place of others have another id. */
export const selectCheckpointToMove =
  'SELECT "position", "fingerprint", CAST("tableoid" AS bigint) FROM "checkpoint"' + forUpdate;

const columnNames = (shape: TableShape): string =>
  shape.columns.map(({ name }) => quoted(name)).join(', ');

/** Rows of one statement: each column is an array, so that the statement is the same for any number. */
const rowsPerStatement = 1_000;

const chunks = <T>(items: readonly T[]): readonly (readonly T[])[] => {
  const result: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += rowsPerStatement)
    result.push(items.slice(start, start + rowsPerStatement));
  return result;
};

export const selectRows: Dialect['selectRows'] = (shape, keys) =>
  chunks(keys).map((chunk) => ({
    sql: `SELECT ${columnNames(shape)} FROM ${quoted(shape.name)} WHERE ${isOneOf(shape)}`,
    parameters: [chunk],
  }));

export const deleteRows: Dialect['deleteRows'] = (shape, keys) =>
  chunks(keys).map((chunk) => ({
    sql: `DELETE FROM ${quoted(shape.name)} WHERE ${isOneOf(shape)}`,
    parameters: [chunk],
  }));

const isOneOf = (shape: TableShape): string => `${quoted(shape.key)} = ANY (CAST(? AS text[]))`;

export const upsertRows: Dialect['upsertRows'] = (shape, rows) =>
  chunks(rows).map((chunk) => ({
    sql: upsertArrays(shape),
    parameters: shape.columns.map((_, column) => columnOf(chunk, column)),
  }));

const upsertArrays = (shape: TableShape): string => {
  const arrays = shape.columns.map(({ type }) => `CAST(? AS ${arrayTypes[type]})`).join(', ');
  const changed = shape.columns.filter(({ name }) => name !== shape.key);
  const settings = changed.map(({ name }) => `${quoted(name)} = excluded.${quoted(name)}`);
  const resolution = changed.length === 0 ? 'NOTHING' : `UPDATE SET ${settings.join(', ')}`;
  return (
    `INSERT INTO ${quoted(shape.name)} (${columnNames(shape)}) SELECT * FROM unnest(${arrays})` +
    ` ON CONFLICT (${quoted(shape.key)}) DO ${resolution}`
  );
};

const columnOf = (rows: readonly Cells[], column: number): Cells =>
  rows.map((cells) => cells[column] ?? null);

/** Who listens is told once the transaction is committed, and nobody if it is not. */
export const movedChannel = 'casement_views';
/** The schema's name and the position, as `tellMoved` has them said. */
export const tellMoved: Dialect['tellMoved'] = (position) => [
  {
    sql: `SELECT pg_notify('${movedChannel}', current_schema() || ' ' || ?)`,
    parameters: [position],
  },
];
