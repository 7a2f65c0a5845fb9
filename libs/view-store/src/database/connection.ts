import type { Dialect } from './dialect.js';

/** What an embedded database gives at once and a server later; `await` takes both. */
export type Awaitable<T> = T | Promise<T>;

/** Rows as arrays of cells, in the order of the statement's columns. */
export type Rows = readonly (readonly unknown[])[];

/** A statement of common SQL, `?` for parameters. */
export type Prepared = {
  readonly all: (parameters: readonly unknown[]) => Awaitable<Rows>;
  readonly run: (parameters: readonly unknown[]) => Awaitable<void>;
};

/**
 * Where statements run, one after the other in the order in which they were asked for, also when
 * nobody waits for one before asking for the next.
 */
export interface Connection {
  readonly dialect: Dialect;
  prepare(sql: string): Prepared;
}

/** A database, of which the statements of each transaction see nothing of the others'. */
export interface Database extends Connection {
  /**
   * Commits what `work` does on the connection that it is given, or rolls it back and throws what it
   * threw. What it has asked for it must have waited for.
   */
  transaction<T>(work: (connection: Connection) => Awaitable<T>): Promise<T>;
}
