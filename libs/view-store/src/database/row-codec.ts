import type { Cell, ViewRow } from '#kernel';
import type { Cells } from '../table-shape.js';

/**
 * What crosses from a database loses its type on the way. It gets it back here, and each function says
 * why it may.
 */

/** The tables hold text, safe integers and null: nothing but what a cell can be. */
export const cellsFrom = (rows: readonly (readonly unknown[])[]): readonly Cells[] =>
  rows as readonly Cells[];

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
