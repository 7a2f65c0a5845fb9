import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Awaitable, Connection, Database, Prepared, Rows } from '../database/connection.js';
import { statementName } from '../database/statement-name.js';
import { ViewStoreUnavailable } from '../port.js';
import * as dialect from './dialect.js';
import { told } from './errors.js';
import { numbered } from './placeholders.js';

export type OpenDatabase = {
  readonly url: string;
  /** Whom the connections act as; null: as the login of the URL. */
  readonly role: string | null;
  /** The schema in which they look for tables. */
  readonly schema: string;
  readonly connectionsMax: number;
  /**
   * How long one statement may take; null: as long as it does, as building an index, and locks are
   * waited for and held as long as that takes.
   */
  readonly statementMsMax: number | null;
  readonly readOnly?: boolean;
};

/** Who may wait for a connection; whoever comes next is told at once. */
const waitingMax = 10_000;
const connectMsMax = 5_000;
const lockMsMax = 5_000;
/**
 * Between two statements of a transaction. A process that was stopped holds its locks no longer, so that
 * others can take over what it did; one that only paused begins its transaction again.
 */
const idleInTransactionMsMax = 3_000;
/** A server that does not even break off what takes too long has stopped; its connection is left. */
const answerMarginMs = 5_000;
const idleMsMax = 30_000;
const keepAliveAfterMs = 10_000;
/** Texts of statements that are prepared by name on each connection; others are planned each time. */
const namedStatementsMax = 512;

export type Table = { readonly columns: readonly string[]; readonly rows: Rows };
export type Read = (sql: string, parameters: readonly unknown[]) => Promise<Table>;

/** A pool of connections of one kind. What breaks is replaced when it is next needed. */
export class PostgresDatabase implements Database {
  readonly dialect = dialect;
  private readonly pool: pg.Pool;
  private readonly statements = new Map<string, pg.QueryArrayConfig>();

  constructor(options: OpenDatabase) {
    this.pool = new pg.Pool({
      ...connectionOptions(options),
      max: options.connectionsMax,
      idleTimeoutMillis: idleMsMax,
    });
    // A lost connection is told to whoever uses it; of others nobody needs to know.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  prepare(sql: string): Prepared {
    const name = statementName(sql);
    return {
      all: (parameters) => this.withClient(name, (client) => this.rows(client, sql, parameters)),
      run: (parameters) =>
        this.withClient(name, async (client) => void (await this.rows(client, sql, parameters))),
    };
  }

  transaction<T>(work: (connection: Connection) => Awaitable<T>): Promise<T> {
    return this.withClient('a transaction', async (client) => {
      const connection: Connection = {
        dialect,
        prepare: (sql) => ({
          all: (parameters) => this.rows(client, sql, parameters),
          run: async (parameters) => void (await this.rows(client, sql, parameters)),
        }),
      };
      await this.rows(client, 'BEGIN', []);
      try {
        const result = await work(connection);
        await this.rows(client, 'COMMIT', []);
        return result;
      } catch (error) {
        await this.rows(client, 'ROLLBACK', []);
        throw error;
      }
    });
  }

  /**
   * The statements in one transaction and one round trip: rows and columns of the last one. Only for
   * what changes nothing: that one of them failed is seen after the end.
   */
  async readTogether(
    statements: readonly { readonly sql: string; readonly parameters: readonly unknown[] }[],
  ): Promise<Table> {
    const name = statementName(statements.at(-1)?.sql ?? '');
    return this.withClient(name, async (client) => {
      const answers = [
        { sql: 'BEGIN READ ONLY', parameters: [] },
        ...statements,
        { sql: 'COMMIT', parameters: [] },
      ].map(({ sql, parameters }) => this.ask(client, sql, parameters));
      const answer = (await Promise.all(answers)).at(-2);
      return answer === undefined ? { columns: [], rows: [] } : table(answer);
    });
  }

  /** What `work` reads is all of one moment, while others write on. */
  readMoment<T>(work: (read: Read) => Promise<T>): Promise<T> {
    return this.withClient('a moment', async (client) => {
      await this.rows(client, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', []);
      try {
        return await work(async (sql, parameters) =>
          table(await this.ask(client, sql, parameters)),
        );
      } finally {
        await this.rows(client, 'ROLLBACK', []);
      }
    });
  }

  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }

  private async withClient<T>(
    what: string,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    if (this.pool.ending) throw new ViewStoreUnavailable('the view store has been closed');
    if (this.pool.waitingCount >= waitingMax)
      throw new ViewStoreUnavailable('too many wait for a connection to PostgreSQL');
    const client = await this.pool.connect().catch((error: unknown) => {
      throw told(error, what);
    });
    let broken = false;
    try {
      return await work(client);
    } catch (error) {
      broken = error instanceof ViewStoreUnavailable;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private async rows(
    client: pg.ClientBase,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<Rows> {
    return (await this.ask(client, sql, parameters)).rows;
  }

  private async ask(
    client: pg.ClientBase,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<pg.QueryArrayResult<unknown[]>> {
    try {
      return await client.query<unknown[]>(this.statement(sql), [...parameters]);
    } catch (error) {
      throw told(error, statementName(sql));
    }
  }

  private statement(sql: string): pg.QueryArrayConfig {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const named =
      this.statements.size < namedStatementsMax
        ? { name: createHash('sha256').update(sql).digest('hex').slice(0, 32) }
        : {};
    const statement = { ...named, text: numbered(sql), rowMode: 'array' } as const;
    if (this.statements.size < namedStatementsMax) this.statements.set(sql, statement);
    return statement;
  }
}

const table = ({ fields, rows }: pg.QueryArrayResult<unknown[]>): Table => ({
  columns: fields.map(({ name }) => name),
  rows,
});

/** What a connection is told as it is made, so that none is ever used without. */
export const connectionOptions = (options: OpenDatabase): pg.ClientConfig => {
  const { url, role, schema, statementMsMax, readOnly = false } = options;
  const settings = {
    ...(role === null ? {} : { role }),
    search_path: schema,
    statement_timeout: statementMsMax ?? 0,
    lock_timeout: statementMsMax === null ? 0 : lockMsMax,
    idle_in_transaction_session_timeout: statementMsMax === null ? 0 : idleInTransactionMsMax,
    default_transaction_read_only: readOnly ? 'on' : 'off',
    client_encoding: 'UTF8',
    // Nothing here is joined so widely that compiling the plan would pay.
    jit: 'off',
  };
  const address = new URL(url);
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const given = address.searchParams.get('options') ?? '';
  address.searchParams.set('options', [given, ...flags].join(' ').trim());
  return {
    connectionString: address.href,
    application_name: `casement ${role ?? 'setup'}`,
    connectionTimeoutMillis: connectMsMax,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    pipeline: true,
    ...(statementMsMax === null ? {} : { query_timeout: statementMsMax + answerMarginMs }),
    types: { getTypeParser },
  };
};

const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('PostgreSQL gave an unsafe integer');
  return value;
};

/** By the ids of PostgreSQL's own types; as SQLite gives them. */
const parsers = new Map<number, (text: string) => unknown>([
  [16, (text) => (text === 't' ? 1 : 0)], // boolean
  [20, integer], // bigint: columns, count(*)
  [21, integer], // smallint
  [23, integer], // integer
  [701, Number], // double precision
  [1700, Number], // numeric: sum() of bigint
]);
const asText = (text: string): unknown => text;
const getTypeParser = (type: number): ((text: string) => unknown) => parsers.get(type) ?? asText;
