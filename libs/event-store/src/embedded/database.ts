import { pathToFileURL } from 'node:url';
import Database from 'libsql';

const PREPARED_MAX = 200;

export type SqlValue = string | number | null | Uint8Array;

/** Opens a database for its one writer: WAL, every commit synced before it returns. */
export const openForWriting = (path: string): Database.Database => {
  const database = new Database(path);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  return database;
};

/** Opens a database beside its owner; every write fails. Throws when there is no such file. */
export const openForReading = (path: string): Database.Database => {
  const database = new Database(`${pathToFileURL(path).href}?mode=ro`, { timeout: 5000 });
  database.exec('PRAGMA query_only = 1');
  return database;
};

/** Ends a transaction that failed. SQLite may have ended it itself already. */
export const rollBack = (database: Database.Database): void => {
  if (database.inTransaction) database.exec('ROLLBACK');
};

/** Holds a commit up, as a slow disk would. For tests. */
export const delay = (ms: number): void => {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

export type Row = readonly SqlValue[];

/** Statements prepared once each. The texts are few and fixed, but for the number of prefixes. */
export class Statements {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  rows(sql: string, values: readonly SqlValue[]): readonly Row[] {
    return this.#statement(sql, true).all(values) as readonly Row[];
  }

  run(sql: string, values: readonly SqlValue[]): Database.RunResult {
    return this.#statement(sql, false).run(values);
  }

  clear(): void {
    this.#prepared.clear();
  }

  #statement(sql: string, raw: boolean): Database.Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (raw) statement.raw();
    if (this.#prepared.size >= PREPARED_MAX) this.#prepared.clear();
    this.#prepared.set(sql, statement);
    return statement;
  }
}
