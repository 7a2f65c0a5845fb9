import type { Cell, ViewRow } from '#kernel';
import type { Cells } from '../table-shape.js';
import type { Role } from './calls.js';

/**
 * What crosses from a database or a thread loses its type on the way. It gets it back here, and each
 * function says why it may.
 */

/** STRICT tables hold text, safe integers and null: nothing but what a cell can be. */
export const cellsFrom = (rows: readonly (readonly unknown[])[]): readonly Cells[] =>
  rows as readonly Cells[];

/** libsql types the rows of any statement as unknown; in raw mode they are arrays. */
export const rawFrom = (rows: Iterable<unknown>): Iterable<readonly unknown[]> =>
  rows as Iterable<readonly unknown[]>;

/** A query's answer as rows. Whoever wrote the statement says what its rows are. */
export const rowsFrom = <Row extends ViewRow>({
  columns,
  rows,
}: {
  readonly columns: readonly string[];
  readonly rows: readonly Cells[];
}): readonly Row[] => rows.map((cells) => named(columns, cells) as Row);

const named = (columns: readonly string[], cells: Cells): ViewRow => {
  const row: { [column: string]: Cell } = {};
  columns.forEach((column, index) => {
    row[column] = cells[index] ?? null;
  });
  return row;
};

/** The role that the thread's other side set. */
export const roleFrom = (workerData: unknown): Role => workerData as Role;

/** The input of a call was made for this very call by the typed side of the thread. */
export const inputFrom = (input: unknown): never => input as never;

/** The output of a call was made by the same call of the same build. */
export const anyOutput = <Output>(resolve: (output: Output) => void): ((o: unknown) => void) =>
  resolve as (output: unknown) => void;
