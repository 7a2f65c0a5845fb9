import pg from 'pg';
import { asking, clientConfig, keysSchema, owner, told, type Ask } from './connections.js';

/** What two who do it at once may tell the slower one. */
const isThere = new Set(['42710', '23505']);

/** A null stands where a key has been destroyed. */
const tables = [
  `CREATE TABLE IF NOT EXISTS subject_keys (
    organisation text NOT NULL, subject text NOT NULL, wrapped bytea,
    PRIMARY KEY (organisation, subject))`,
  `CREATE TABLE IF NOT EXISTS organisation_keys (
    organisation text PRIMARY KEY, wrapped bytea NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS key_check (
    single boolean PRIMARY KEY DEFAULT true CHECK (single), wrapped bytea NOT NULL)`,
];

/**
 * Makes the schema of the keys where it is missing, and gives the sample by which their
 * key-encryption key is known: `fresh`, if there was none.
 */
export const prepareKeys = (url: string, fresh: Buffer): Promise<unknown> =>
  asLogin(url, async (client) => {
    await makeOwner(client);
    return prepared(asking(client), fresh);
  });

/** The sample by which the key-encryption key is known; null where no keys are. Writes nothing. */
export const sampleOf = (url: string): Promise<unknown> =>
  asLogin(url, async (client) => {
    const ask = asking(client);
    const isThere = `SELECT 1 WHERE to_regclass('${keysSchema}.key_check') IS NOT NULL`;
    if ((await ask(isThere, [])).length === 0) return null;
    await ask(`SET ROLE ${owner}`, []);
    const [row] = await ask('SELECT wrapped FROM key_check', []);
    const sample: unknown = row?.['wrapped'];
    return sample ?? null;
  });

const asLogin = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client(clientConfig(url, null));
  client.on('error', () => undefined);
  try {
    await client.connect().catch((error: unknown) => {
      throw told(error);
    });
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Since PostgreSQL 16 whoever makes a role is its member, but may not act as it. */
const mayAct =
  `SELECT 1 WHERE pg_has_role('${owner}', CASE WHEN ` +
  `current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)`;

/** Roles are the whole cluster's, which no lock of one database keeps apart. */
const makeOwner = async (client: pg.Client): Promise<void> => {
  const statements = [
    [`SELECT 1 FROM pg_roles WHERE rolname = '${owner}'`, `CREATE ROLE ${owner} NOLOGIN`],
    [mayAct, `GRANT ${owner} TO CURRENT_USER`],
  ] as const;
  for (const [isSo, make] of statements) {
    if ((await asking(client)(isSo, [])).length > 0) continue;
    await client.query(make).catch((error: unknown) => {
      const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
      if (!isThere.has(code)) throw told(error);
    });
  }
};

/** One process at a time, so that two which start at once make one schema and one sample. */
const prepared = async (ask: Ask, fresh: Buffer): Promise<unknown> => {
  await ask('BEGIN', []);
  await ask(`SELECT pg_advisory_xact_lock(hashtext('casement ${keysSchema}'))`, []);
  // Asked first, since a login that may make no schema may use one that is there.
  const known = await ask(`SELECT 1 WHERE to_regnamespace('${keysSchema}') IS NOT NULL`, []);
  if (known.length === 0) await ask(`CREATE SCHEMA ${keysSchema} AUTHORIZATION ${owner}`, []);
  await ask(`SET LOCAL ROLE ${owner}`, []);
  for (const sql of tables) await ask(sql, []);
  await ask('INSERT INTO key_check (wrapped) VALUES ($1) ON CONFLICT DO NOTHING', [fresh]);
  const [row] = await ask('SELECT wrapped FROM key_check', []);
  await ask('COMMIT', []);
  return row?.['wrapped'];
};
