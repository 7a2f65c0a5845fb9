import pg from 'pg';
import { ViewStoreUnavailable } from '../port.js';

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

/** A statement that PostgreSQL refused. Without its message, which may quote a value. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused';

  constructor(
    statement: string,
    /** SQLSTATE */
    readonly code: string,
  ) {
    super(`PostgreSQL refused ${statement} (${code})`);
  }
}

/**
 * What is told of an error of the driver or the server. Whatever did not come as an answer to the
 * statement is the connection's fault: its end, its time-out, a server that cannot be reached.
 */
export const told = (error: unknown, statement: string): Error => {
  if (error instanceof ViewStoreUnavailable) return error;
  const code = error instanceof pg.DatabaseError ? (error.code ?? '') : null;
  if (code === null || passing.some((pattern) => pattern.test(code)))
    return new ViewStoreUnavailable(`PostgreSQL is out of reach for ${statement}`, {
      cause: code === null ? error : new Error(`SQLSTATE ${code}`),
    });
  return new StatementRefused(statement, code);
};
