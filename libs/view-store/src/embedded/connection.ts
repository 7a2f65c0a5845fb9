import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { rawFrom } from './wire-codec.js';

/** Whether SQLite says of the file itself that it is no database, or a damaged one. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code);

/** A file of another owner, as a connection that can neither make nor change it names it. */
export const besideOwner = (file: string): string => `${pathToFileURL(file).href}?mode=ro`;

/** The same, as one that may write into it but cannot make it. */
export const besideOwnerToWrite = (file: string): string => `${pathToFileURL(file).href}?mode=rw`;

/** Whether another connection holds what is needed. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');

/** Rows come as arrays of cells, in the order of the statement's columns. */
export type Prepared = {
  readonly columns: () => readonly string[];
  readonly all: (parameters: readonly unknown[]) => readonly (readonly unknown[])[];
  readonly upTo: (rows: number, parameters: readonly unknown[]) => readonly (readonly unknown[])[];
  readonly run: (parameters: readonly unknown[]) => void;
};

/** One connection with its prepared statements, of which the least recently used are let go. */
export class Connection {
  private readonly database: Database.Database;
  private readonly statements = new Map<string, Prepared>();

  constructor(
    file: string,
    pragmas: readonly string[],
    private readonly statementsMax: number,
  ) {
    this.database = new Database(file);
    for (const pragma of pragmas) this.database.pragma(pragma);
  }

  prepare(sql: string): Prepared {
    const known = this.statements.get(sql);
    if (known !== undefined) {
      this.statements.delete(sql);
      this.statements.set(sql, known);
      return known;
    }
    const prepared = prepare(this.database, sql);
    this.statements.set(sql, prepared);
    const oldest = this.statements.keys().next();
    if (this.statements.size > this.statementsMax && !oldest.done)
      this.statements.delete(oldest.value);
    return prepared;
  }

  execute(sql: string): void {
    this.database.exec(sql);
  }

  /** Commits what `work` does, or rolls it back and throws what it threw. */
  transaction<T>(begin: string, work: () => T): T {
    this.database.exec(begin);
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** Nothing when SQLite has done so itself. */
  rollBack(): void {
    if (this.database.inTransaction) this.database.exec('ROLLBACK');
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }
}

const prepare = (database: Database.Database, sql: string): Prepared => {
  const statement = database.prepare(sql);
  let raw = false;
  const rows = () => {
    // Only a statement that gives rows can be switched to arrays.
    if (!raw) statement.raw();
    raw = true;
    return statement;
  };
  return {
    columns: () => statement.columns().map(({ name }) => name),
    all: (parameters) => [...rawFrom(rows().all([...parameters]))],
    upTo: (max, parameters) => {
      const found: (readonly unknown[])[] = [];
      for (const row of rawFrom(rows().iterate([...parameters]))) {
        found.push(row);
        if (found.length < max) continue;
        // A statement left half read would hold its snapshot, and with it the WAL, for ever.
        statement.get([...parameters]);
        break;
      }
      return found;
    },
    run: (parameters) => {
      statement.run([...parameters]);
    },
  };
};
