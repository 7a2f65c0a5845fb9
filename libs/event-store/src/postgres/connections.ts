import pg from 'pg';
import { StoreUnavailable } from '../port.js';

const connectionsMax = 4;
/** Who may wait for a connection; whoever comes next is told at once. */
const waitingMax = 1_000;
const connectMsMax = 5_000;
const statementMsMax = 10_000;
const lockMsMax = 5_000;
/** A server that does not even break off what takes too long has stopped; its connection is left. */
const answerMarginMs = 2_000;
const idleMsMax = 30_000;
const keepAliveAfterMs = 10_000;

export const keysSchema = 'keys';
/** Owns the tables of an installation; the login of the URL is a member. */
export const owner = 'casement_owner';

/** Values travel as text, arrays of text and bytes. */
export type Ask = (
  sql: string,
  values: readonly (string | number | Buffer | readonly (string | Buffer)[])[],
) => Promise<readonly pg.QueryResultRow[]>;

/** Codes of PostgreSQL that say nothing of the statement: the server is going, busy or full. */
const passing = /^(?:08...|57P0.|53...|40...|55P03|57014|25006|25P0[34])$/;

/** Without the words of the server, which may quote a value. */
export const told = (error: unknown): Error => {
  if (error instanceof StoreUnavailable) return error;
  const code = error instanceof pg.DatabaseError ? (error.code ?? '') : null;
  if (code === null) return new StoreUnavailable('the keys are out of reach', { cause: error });
  if (passing.test(code)) return new StoreUnavailable(`the keys are out of reach (${code})`);
  return new Error(`PostgreSQL refused a statement about the keys (${code})`);
};

/** How connections to the keys are made: what is committed is on the disk when it is answered. */
export const clientConfig = (url: string, role: string | null): pg.ClientConfig => {
  const settings = {
    ...(role === null ? {} : { role }),
    search_path: keysSchema,
    synchronous_commit: 'on',
    statement_timeout: statementMsMax,
    lock_timeout: lockMsMax,
    idle_in_transaction_session_timeout: statementMsMax,
    client_encoding: 'UTF8',
  };
  const address = new URL(url);
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const given = address.searchParams.get('options') ?? '';
  address.searchParams.set('options', [given, ...flags].join(' ').trim());
  return {
    connectionString: address.href,
    application_name: 'casement keys',
    connectionTimeoutMillis: connectMsMax,
    query_timeout: statementMsMax + answerMarginMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
  };
};

/** A few connections to the keys; one that breaks is replaced when it is next needed. */
export class KeyConnections {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    const config = clientConfig(url, owner);
    this.#pool = new pg.Pool({ ...config, max: connectionsMax, idleTimeoutMillis: idleMsMax });
    // A lost connection is told to whoever uses it; of others nobody needs to know.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Commits what `work` does, or nothing. Throws StoreUnavailable when the server is out of reach. */
  async transaction<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    const client = await this.#client();
    // Whatever goes wrong, a connection that is closed has rolled back for certain.
    let isBroken = true;
    try {
      const ask = asking(client);
      await ask('BEGIN', []);
      const result = await work(ask);
      await ask('COMMIT', []);
      isBroken = false;
      return result;
    } finally {
      client.release(isBroken);
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  async #client(): Promise<pg.PoolClient> {
    if (this.#pool.ending) throw new StoreUnavailable('the keys have been closed');
    if (this.#pool.waitingCount >= waitingMax)
      throw new StoreUnavailable('too many wait for a connection to the keys');
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw told(error);
    }
  }
}

export const asking =
  (client: pg.ClientBase): Ask =>
  async (sql, values) => {
    try {
      const { rows } = await client.query<pg.QueryResultRow>(sql, [...values]);
      return rows;
    } catch (error) {
      throw told(error);
    }
  };
