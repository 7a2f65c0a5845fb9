import { application, owner, projector } from '#postgres';
import type { Connection } from '../database/connection.js';
import { createTables, createViewIndexes, insertCheckpointRow } from '../database/views-writing.js';
import { quoted } from '../sql.js';
import type { TableShape } from '../table-shape.js';

const fingerprintDigits = 12;

/** The schemas of one read model. */
export type Schemas = {
  /** Where the views are served from: there exactly when they are whole. */
  readonly live: string;
  /** Where they are built, and seen by nobody. */
  readonly next: string;
  /** Where those are that `next` has replaced, until nobody reads them any more. */
  readonly old: string;
};

/** Named by what is in them, so that an old and a new version of the code serve side by side. */
export const schemasOf = (fingerprint: string): Schemas => {
  const live = `views_${fingerprint.slice(0, fingerprintDigits)}`;
  return { live, next: `${live}_next`, old: `${live}_old` };
};

export const schemaExists = async (connection: Connection, schema: string): Promise<boolean> => {
  const [row] = await connection.prepare('SELECT to_regnamespace(?) IS NOT NULL').all([schema]);
  return row?.[0] === 1;
};

/** Makes the tables of a read model in a schema of theirs, empty, in the transaction under way. */
export const createSchema = async (
  connection: Connection,
  schema: string,
  tables: readonly TableShape[],
  fingerprint: string,
): Promise<void> => {
  const run = async (sql: string): Promise<void> => connection.prepare(sql).run([]);
  await run(`CREATE SCHEMA ${quoted(schema)} AUTHORIZATION ${owner}`);
  await run(`SET LOCAL ROLE ${owner}`);
  await run(`SET LOCAL search_path = ${quoted(schema)}`);
  await run(`GRANT USAGE ON SCHEMA ${quoted(schema)} TO ${projector}, ${application}`);
  await createTables(connection, tables);
  await run(`SET LOCAL ROLE ${projector}`);
  await insertCheckpointRow(connection, fingerprint);
  await run('RESET ROLE');
};

/** Ends a building, in the transaction under way: the indexes, and what the planner knows of the rows. */
export const finishSchema = async (
  connection: Connection,
  schema: string,
  tables: readonly TableShape[],
): Promise<void> => {
  const run = async (sql: string): Promise<void> => connection.prepare(sql).run([]);
  await run(`SET LOCAL ROLE ${owner}`);
  await run(`SET LOCAL search_path = ${quoted(schema)}`);
  await createViewIndexes(connection, tables);
  for (const { name } of tables) await run(`ANALYZE ${quoted(name)}`);
  await run('RESET ROLE');
};

export const dropSchema = async (connection: Connection, schema: string): Promise<void> =>
  connection.prepare(`DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`).run([]);
