import { allRoles, closedAfter, ensureRoles, owner, projector } from '#postgres';
import {
  asked,
  reading,
  type FollowersAsked,
  type FollowersBeside,
} from '../followers/beside-port.js';
import { besideSteps, besideWrites } from '../followers/beside.js';
import type { Connection } from '../database/connection.js';
import type { BesideCalls, FollowersCalls } from '../followers/calls.js';
import { StoredFollowers } from '../followers/follower-store.js';
import { followersSchema } from '../followers/schema.js';
import { followersSteps, followersWrites } from '../followers/steps-of-followers.js';
import {
  performedLater,
  type FollowersDialect,
  type Statement,
  type Steps,
  type StepsOf,
} from '../followers/steps.js';
import type { FollowerStore } from '../port.js';
import { PostgresDatabase } from './database.js';
import { forUpdate, hasTable } from './dialect.js';

const schema = 'followers';
const connectionsMax = 16;
/** Parked items, leases and deadlines stand nowhere else: on the disk before they are answered. */
const common = { schema, statementMsMax: 10_000, durable: true };

const dialect: FollowersDialect = {
  forUpdate,
  // The server's, whatever the clocks of the processes say; not that of the transaction's beginning.
  now: 'SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)',
  hasTable,
  // Ids of requests are then seen in their order: who has looked up to one has seen all before it.
  lockRequests: "SELECT pg_advisory_xact_lock(hashtext('casement follower requests'))",
};

/**
 * What followers must remember, in PostgreSQL, for any number of processes. Leases expire by the server's
 * clock. Throws ViewStoreUnavailable while the server is out of reach, and goes on by itself.
 */
export const openPostgresFollowers = async ({
  url,
}: {
  readonly url: string;
}): Promise<FollowerStore> => {
  await prepare(url);
  return new StoredFollowers(served<FollowersCalls>(url, followersSteps(dialect), followersWrites));
};

/** What followers remember, for who looks beside them; null when none has run on this database. */
export const openPostgresFollowersBeside = async ({
  url,
}: {
  readonly url: string;
}): Promise<FollowersBeside | null> => {
  if (!(await isPrepared(url))) return null;
  return reading(served<BesideCalls>(url, besideSteps(dialect), besideWrites));
};

/** The same, for whoever wants something of them; null when none has run on this database. */
export const openPostgresFollowersToAsk = async ({
  url,
}: {
  readonly url: string;
}): Promise<FollowersAsked | null> => {
  if (!(await isPrepared(url))) return null;
  await prepare(url);
  return asked(served<BesideCalls>(url, besideSteps(dialect), besideWrites));
};

type AnyCalls = { readonly [call: string]: (input: never) => unknown };

/** Each call in steps on one connection: in a transaction, if it writes in more than one of them. */
const served = <Calls extends AnyCalls>(
  url: string,
  steps: StepsOf<Calls>,
  writes: ReadonlySet<keyof Calls>,
) => {
  const options = { ...common, url, role: projector, connectionsMax };
  const database = new PostgresDatabase(options);
  const perform = <T>(work: Steps<T>, isWriting: boolean): Promise<T> =>
    isWriting
      ? database.transaction((connection) => performedOn(connection, work))
      : performedOn(database, work);
  const call = <Name extends keyof Calls>(
    name: Name,
    input: Parameters<Calls[Name]>[0],
  ): Promise<ReturnType<Calls[Name]>> => perform(steps[name](input), writes.has(name));
  return { call, close: () => database.close() };
};

const performedOn = <T>(connection: Connection, steps: Steps<T>): Promise<T> =>
  performedLater(steps, async (statements) => {
    const answers = statements.map(async ({ sql, parameters }) =>
      connection.prepare(sql).all(parameters.map(storable)),
    );
    return (await Promise.all(answers)).at(-1) ?? [];
  });

/** PostgreSQL keeps no NUL in text: a reason with one would never be parked. */
const storable = (parameter: Statement['parameters'][number]): typeof parameter =>
  typeof parameter === 'string' ? parameter.replaceAll('\0', '') : parameter;

/** As the login of the URL, for as long as `work` takes. */
const asLogin = <T>(url: string, work: (login: PostgresDatabase) => Promise<T>): Promise<T> =>
  closedAfter(new PostgresDatabase({ ...common, url, role: null, connectionsMax: 1 }), work);

const isPrepared = (url: string): Promise<boolean> =>
  asLogin(url, async (database) => {
    const isThere = `SELECT 1 WHERE to_regclass('${schema}.follower') IS NOT NULL`;
    return (await database.prepare(isThere).all([])).length > 0;
  });

/** Makes the roles and the tables where they are missing; one process at a time. */
const prepare = (url: string): Promise<void> =>
  asLogin(url, async (database) => {
    await database.direct('the roles', (client) => ensureRoles(client, allRoles));
    await database.transaction(async (connection) => {
      const all = async (sql: string) => connection.prepare(sql).all([]);
      await all(`SELECT pg_advisory_xact_lock(hashtext('casement ${schema}'))`);
      // Asked first, since a login that may make no schema may use one that is there.
      const [known] = await all(`SELECT 1 WHERE to_regnamespace('${schema}') IS NOT NULL`);
      if (known === undefined) await all(`CREATE SCHEMA ${schema} AUTHORIZATION ${owner}`);
      await all(`SET LOCAL ROLE ${owner}`);
      for (const sql of followersSchema(words)) await all(sql);
      await all(`GRANT USAGE ON SCHEMA ${schema} TO ${projector}`);
      await all(
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${projector}`,
      );
    });
  });

/** Text compares by its bytes, as on SQLite. */
const words = {
  text: 'text COLLATE "C"',
  integer: 'bigint',
  id: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  strict: '',
  keyed: '',
};
