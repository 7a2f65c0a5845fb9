import pg from 'pg';

/** Codes of PostgreSQL that say nothing of the statement: the server is going, busy or full. */
const passing = [
  /^08/, // connection exceptions
  /^57P0/, // shut down, crashed, starting up
  /^53/, // out of connections, memory or disk
  /^40/, // broken off for the sake of another transaction, or with an answer lost
  /^55P03$/, // a lock was not to be had in time
  /^57014$/, // took too long
  /^25006$/, // a standby by now, which takes no writes
  /^25P0[34]$/, // left idle in a transaction
];

/**
 * The SQLSTATE that the server has answered with; null for what did not come as an answer to the
 * statement: the end of the connection, its time-out, a server that cannot be reached.
 */
export const sqlStateOf = (error: unknown): string | null =>
  error instanceof pg.DatabaseError ? (error.code ?? '') : null;

/** Whether the same statement may well be answered otherwise a little later. */
export const isPassing = (sqlState: string): boolean =>
  passing.some((pattern) => pattern.test(sqlState));
