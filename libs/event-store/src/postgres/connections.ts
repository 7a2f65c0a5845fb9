import type pg from 'pg';
import {
  clientConfig,
  ensureRoles,
  isPassing,
  owner,
  Pool,
  RolesMissing,
  sqlStateOf,
} from '#postgres';
import { StoreUnavailable } from '../port.js';

const connectionsMax = 4;
const statementMsMax = 10_000;

export const keysSchema = 'keys';

/** Values travel as text, arrays of text and bytes. */
export type Ask = (
  sql: string,
  values: readonly (string | number | Buffer | readonly (string | Buffer)[])[],
) => Promise<readonly pg.QueryResultRow[]>;

/** What an operator has to mend. */
const plainly = [
  [/^28/, 'PostgreSQL refuses the login: see the user and the password of its address'],
  [/^3D000$/, 'PostgreSQL has no such database: see the name at the end of its address'],
] as const;

/** Without the words of the server, which may quote a value. */
const told = (error: unknown): Error => {
  if (error instanceof StoreUnavailable || error instanceof RolesMissing) return error;
  const code = sqlStateOf(error);
  if (code === null) return new StoreUnavailable('the keys are out of reach', { cause: error });
  if (isPassing(code)) return new StoreUnavailable(`the keys are out of reach (${code})`);
  const plain = plainly.find(([codes]) => codes.test(code))?.[1];
  if (plain !== undefined) return new StoreUnavailable(`${plain} (${code})`);
  return new Error(`PostgreSQL refused a statement about the keys (${code})`);
};

/** How connections to the keys are made: what is committed is on the disk when it is answered. */
export const keysConfig = (url: string, role: string | null): pg.ClientConfig =>
  clientConfig('keys', { url, role, schema: keysSchema, statementMsMax, durable: true });

/** A few connections to the keys; one that breaks is replaced when it is next needed. */
export class KeyConnections {
  readonly #pool: Pool;

  constructor(url: string, role: string | null) {
    const config = keysConfig(url, role);
    this.#pool = new Pool({ config, connectionsMax, Unavailable: StoreUnavailable });
  }

  /** Commits what `work` does, or nothing. Throws StoreUnavailable when the server is out of reach. */
  transaction<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#lend(async (client) => {
      const ask = asking(client);
      await ask('BEGIN', []);
      const result = await work(ask);
      await ask('COMMIT', []);
      return result;
    });
  }

  /** Has the login act as the owner. Throws RolesMissing when it may not. */
  ensureOwner(): Promise<void> {
    return this.#lend((client) =>
      ensureRoles(client, [owner]).catch((error: unknown) => {
        throw told(error);
      }),
    );
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Whatever goes wrong, a connection that is closed has rolled back for certain. */
  #lend<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    return this.#pool.lend(work, { told, isBroken: () => true });
  }
}

const asking =
  (client: pg.ClientBase): Ask =>
  async (sql, values) => {
    try {
      const { rows } = await client.query<pg.QueryResultRow>(sql, [...values]);
      return rows;
    } catch (error) {
      throw told(error);
    }
  };
