/** Cells of a row, in the order of the statement's columns. */
export type Rows = readonly (readonly unknown[])[];

/** One statement of SQL that SQLite and PostgreSQL share, `?` for parameters. */
export type Statement = {
  readonly sql: string;
  readonly parameters: readonly (string | number | null)[];
};

/**
 * What is asked of a database, step by step: statements that go together, in their order, and the rows of
 * the last. Written once: SQLite's thread performs it without ever waiting, PostgreSQL's connection
 * waits for each answer.
 */
export type Steps<T> = Generator<readonly Statement[], T, Rows>;

/** What the databases of followers say differently. */
export type FollowersDialect = {
  /** Behind a SELECT of rows that the transaction is going to change. */
  readonly forUpdate: string;
  /** Selects the time by which leases expire: one clock for all who share the database. */
  readonly now: string;
  /** Selects a row if there is such a table. */
  readonly hasTable: string;
  /** So that nobody else asks for anything until the transaction is over, if that takes a statement. */
  readonly lockRequests: string | null;
};

/** One statement and its rows. */
export function* ask(sql: string, parameters: Statement['parameters']): Steps<Rows> {
  return yield [{ sql, parameters }];
}

/** Statements that need no answer. */
export function* askAll(statements: readonly Statement[]): Steps<void> {
  if (statements.length > 0) yield statements;
}

export function* nowMs({ now }: FollowersDialect): Steps<number> {
  return Number((yield* ask(now, []))[0]?.[0]);
}

/** Whoever looks beside may meet what an older version has left, which lacks what is newer. */
export function* isThere(table: string, { hasTable }: FollowersDialect): Steps<boolean> {
  return (yield* ask(hasTable, [table])).length > 0;
}

export function* lockRequests(dialect: FollowersDialect): Steps<void> {
  if (dialect.lockRequests !== null) yield* ask(dialect.lockRequests, []);
}

/** Performs what a statement answers at once. */
export const performed = <T>(
  steps: Steps<T>,
  perform: (statements: readonly Statement[]) => Rows,
): T => {
  let next = steps.next();
  while (!next.done) next = steps.next(perform(next.value));
  return next.value;
};

/** The same, of what answers later. */
export const performedLater = async <T>(
  steps: Steps<T>,
  perform: (statements: readonly Statement[]) => Promise<Rows>,
): Promise<T> => {
  let next = steps.next();
  while (!next.done) next = steps.next(await perform(next.value));
  return next.value;
};

/** Calls, each as the steps in which it is done. */
export type StepsOf<Calls extends { readonly [call: string]: (input: never) => unknown }> = {
  readonly [Call in keyof Calls]: (
    input: Parameters<Calls[Call]>[0],
  ) => Steps<ReturnType<Calls[Call]>>;
};
