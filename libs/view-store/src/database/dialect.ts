import type { Cells, TableShape } from '../table-shape.js';

export type Statement = { readonly sql: string; readonly parameters: readonly unknown[] };

/**
 * Everything that SQLite and PostgreSQL say differently. Each says it in its own dialect.ts, under
 * these names; all other SQL is common.
 */
export type Dialect = {
  /** The statements that make a table of the read model, without its indexes. */
  readonly createTable: (shape: TableShape) => readonly string[];
  /** Finds the table of the name given as its parameter, if there is one. */
  readonly hasTable: string;
  /**
   * Ends a SELECT by whose rows a transaction decides: nobody else changes them before it ends. On
   * SQLite a transaction has the whole database to itself.
   */
  readonly forUpdate: string;
  /**
   * Reads the checkpoint for a commit: its position, its fingerprint, and a number that is another
   * one when other tables have been put in the place of those that there were.
   */
  readonly selectCheckpointToMove: string;
  /** Reads, inserts or replaces, and deletes rows by key: few statements, however many rows. */
  readonly selectRows: (shape: TableShape, keys: readonly string[]) => readonly Statement[];
  readonly upsertRows: (shape: TableShape, rows: readonly Cells[]) => readonly Statement[];
  readonly deleteRows: (shape: TableShape, keys: readonly string[]) => readonly Statement[];
  /** Tells other processes that the checkpoint has moved, once the transaction is committed. */
  readonly tellMoved: (position: string) => readonly Statement[];
};
