import { closedAfter, owner } from '#postgres';
import { KeyConnections, keysSchema, type Ask } from './connections.js';

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
  asLogin(url, async (login) => {
    await login.ensureOwner();
    return login.transaction((ask) => prepared(ask, fresh));
  });

/** The sample by which the key-encryption key is known; null where no keys are. Writes nothing. */
export const sampleOf = (url: string): Promise<unknown> =>
  asLogin(url, (login) =>
    login.transaction(async (ask) => {
      const isThere = `SELECT 1 WHERE to_regclass('${keysSchema}.key_check') IS NOT NULL`;
      if ((await ask(isThere, [])).length === 0) return null;
      await ask(`SET LOCAL ROLE ${owner}`, []);
      const [row] = await ask('SELECT wrapped FROM key_check', []);
      const sample: unknown = row?.['wrapped'];
      return sample ?? null;
    }),
  );

const asLogin = <T>(url: string, work: (login: KeyConnections) => Promise<T>): Promise<T> =>
  closedAfter(new KeyConnections(url, null), work);

/** One process at a time, so that two which start at once make one schema and one sample. */
const prepared = async (ask: Ask, fresh: Buffer): Promise<unknown> => {
  await ask(`SELECT pg_advisory_xact_lock(hashtext('casement ${keysSchema}'))`, []);
  // Asked first, since a login that may make no schema may use one that is there.
  const known = await ask(`SELECT 1 WHERE to_regnamespace('${keysSchema}') IS NOT NULL`, []);
  if (known.length === 0) await ask(`CREATE SCHEMA ${keysSchema} AUTHORIZATION ${owner}`, []);
  await ask(`SET LOCAL ROLE ${owner}`, []);
  for (const sql of tables) await ask(sql, []);
  await ask('INSERT INTO key_check (wrapped) VALUES ($1) ON CONFLICT DO NOTHING', [fresh]);
  const [row] = await ask('SELECT wrapped FROM key_check', []);
  return row?.['wrapped'];
};
