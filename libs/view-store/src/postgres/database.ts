import { createHash } from 'node:crypto';
import type pg from 'pg';
import { clientConfig, Pool, type ConnectionOptions } from '#postgres';
import type { Awaitable, Connection, Database, Prepared, Rows } from '../database/connection.js';
import { statementName } from '../database/statement-name.js';
import { ViewStoreUnavailable } from '../port.js';
import * as dialect from './dialect.js';
import { told } from './errors.js';
import { numbered } from './placeholders.js';

export type OpenDatabase = ConnectionOptions & { readonly connectionsMax: number };

/** Texts of statements that are prepared by name on each connection; others are planned each time. */
const namedStatementsMax = 512;

export type Table = { readonly columns: readonly string[]; readonly rows: Rows };
export type Read = (sql: string, parameters: readonly unknown[]) => Promise<Table>;

/** A pool of connections of one kind. What breaks is replaced when it is next needed. */
export class PostgresDatabase implements Database {
  readonly dialect = dialect;
  private readonly pool: Pool;
  private readonly statements = new Map<string, pg.QueryArrayConfig>();

  constructor(options: OpenDatabase) {
    const config = { ...clientConfig(options.role ?? 'setup', options), pipeline: true, types };
    const { connectionsMax } = options;
    this.pool = new Pool({ config, connectionsMax, Unavailable: ViewStoreUnavailable });
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

  /** `work` speaks with the driver itself; what that throws is told like the errors of statements. */
  direct<T>(what: string, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    return this.withClient(what, (client) =>
      work(client).catch((error: unknown) => {
        throw told(error, what);
      }),
    );
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private withClient<T>(what: string, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    return this.pool.lend(work, {
      told: (error) => told(error, what),
      isBroken: (error) => error instanceof ViewStoreUnavailable,
    });
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
const types: pg.CustomTypesConfig = { getTypeParser: (type) => parsers.get(type) ?? asText };
