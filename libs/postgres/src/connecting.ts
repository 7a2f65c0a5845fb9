import type pg from 'pg';

export type ConnectionOptions = {
  readonly url: string;
  /** Whom the connections act as; null: as the login of the URL. */
  readonly role: string | null;
  /** The schema in which they look for tables. */
  readonly schema: string;
  /**
   * How long one statement may take; null: as long as it does, as building an index, and locks are
   * waited for and held as long as that takes.
   */
  readonly statementMsMax: number | null;
  readonly readOnly?: boolean;
  /** What is committed is on the disk when it is answered, whatever the server was told. */
  readonly durable?: boolean;
};

const connectMsMax = 5_000;
const lockMsMax = 5_000;
/**
 * Between two statements of a transaction. A process that was stopped holds its locks no longer, so that
 * others can take over what it did; one that only paused begins its transaction again.
 */
const idleInTransactionMsMax = 3_000;
/** A server that does not even break off what takes too long has stopped; its connection is left. */
const answerMarginMs = 5_000;
const keepAliveAfterMs = 10_000;

/** What a connection is told as it is made, so that none is ever used without. */
export const clientConfig = (name: string, options: ConnectionOptions): pg.ClientConfig => {
  const { url, role, schema, statementMsMax, readOnly = false, durable = false } = options;
  const settings = {
    ...(durable ? { synchronous_commit: 'on' } : {}),
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
  const flags = Object.entries(settings).map(([key, value]) => `-c ${key}=${value}`);
  const given = address.searchParams.get('options') ?? '';
  address.searchParams.set('options', [given, ...flags].join(' ').trim());
  return {
    connectionString: address.href,
    application_name: `casement ${name}`,
    connectionTimeoutMillis: connectMsMax,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    ...(statementMsMax === null ? {} : { query_timeout: statementMsMax + answerMarginMs }),
  };
};
