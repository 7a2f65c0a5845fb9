import { closedAfter, owner } from '#postgres';
import { KeyConnections, keysSchema, type Ask } from './connections.js';
import { KeysOfAnotherLog, mustBeOf, type OfLog } from './of-log.js';

/** A null stands where a key has been destroyed. */
const tables = [
  `CREATE TABLE IF NOT EXISTS subject_keys (
    organisation text NOT NULL, subject text NOT NULL, wrapped bytea,
    PRIMARY KEY (organisation, subject))`,
  `CREATE TABLE IF NOT EXISTS organisation_keys (
    organisation text PRIMARY KEY, wrapped bytea NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS key_check (
    single boolean PRIMARY KEY DEFAULT true CHECK (single), wrapped bytea NOT NULL)`,
  'ALTER TABLE key_check ADD COLUMN IF NOT EXISTS epoch text',
];

/**
 * Makes the schema of the keys where it is missing, and gives the sample by which their
 * key-encryption key is known: `fresh`, if there was none. From then on they are the keys of this log.
 * Throws KeysOfAnotherLog.
 */
export const prepareKeys = (url: string, fresh: Buffer, log: OfLog): Promise<unknown> =>
  asLogin(url, async (login) => {
    await login.ensureOwner();
    return login.transaction((ask) => prepared(ask, fresh, log));
  });

/**
 * The sample by which the key-encryption key is known, and the epoch of the log that they are bound to;
 * null where no keys are. Writes nothing.
 */
export const keysFound = (
  url: string,
): Promise<{ readonly sample: unknown; readonly epoch: string | null } | null> =>
  asLogin(url, (login) =>
    login.transaction(async (ask) => {
      const isThere = `SELECT 1 WHERE to_regclass('${keysSchema}.key_check') IS NOT NULL`;
      if ((await ask(isThere, [])).length === 0) return null;
      await ask(`SET LOCAL ROLE ${owner}`, []);
      const [row] = await ask('SELECT * FROM key_check', []);
      if (row === undefined) return null;
      const sample: unknown = row['wrapped'];
      const epoch: unknown = row['epoch'];
      return { sample, epoch: typeof epoch === 'string' ? epoch : null };
    }),
  );

const asLogin = <T>(url: string, work: (login: KeyConnections) => Promise<T>): Promise<T> =>
  closedAfter(new KeyConnections(url, null), work);

/** One process at a time, so that two which start at once make one schema and one sample. */
const prepared = async (ask: Ask, fresh: Buffer, log: OfLog): Promise<unknown> => {
  await ask(`SELECT pg_advisory_xact_lock(hashtext('casement ${keysSchema}'))`, []);
  // Asked first, since a login that may make no schema may use one that is there.
  const known = await ask(`SELECT 1 WHERE to_regnamespace('${keysSchema}') IS NOT NULL`, []);
  if (known.length === 0) await ask(`CREATE SCHEMA ${keysSchema} AUTHORIZATION ${owner}`, []);
  await ask(`SET LOCAL ROLE ${owner}`, []);
  for (const sql of tables) await ask(sql, []);
  const [row] = await ask('SELECT wrapped, epoch FROM key_check', []);
  const epoch: unknown = row?.['epoch'];
  if (typeof epoch === 'string') mustBeOf(log.epoch, epoch);
  if (row === undefined && log.isWritten) throw new KeysOfAnotherLog(null, log.epoch);
  const sample: unknown = row?.['wrapped'] ?? fresh;
  const insert =
    'INSERT INTO key_check (wrapped, epoch) VALUES ($1, $2)' +
    ' ON CONFLICT (single) DO UPDATE SET epoch = excluded.epoch';
  // Of a former version, which has bound them to no log.
  if (typeof epoch !== 'string') await ask(insert, [fresh, log.epoch]);
  return sample;
};
