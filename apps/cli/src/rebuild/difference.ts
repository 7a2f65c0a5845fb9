import type { Position } from '#kernel';
import type { TableComparison, ViewsDifference } from '#view-store';
import { exits, type Terminal } from '../verb.js';

/** Says whether live views are what the log gives, and gives the exit code for it. */
export const judged = (
  changed: readonly TableComparison[],
  position: Position | null,
  { out }: Pick<Terminal, 'out'>,
): number => {
  const where = position === null ? 'before the first event' : `at position ${position}`;
  const first = firstOf(changed);
  if (first === null) {
    out(`the views ${where} are what the log gives, byte for byte`);
    return exits.done;
  }
  out(`the views ${where} are not what the log gives: ${described(first)}`);
  return exits.problem;
};

export const firstOf = (changed: readonly TableComparison[]): ViewsDifference | null =>
  changed[0]?.first ?? null;

/** Names table, key and columns: keys are opaque, but what stands in a row may be personal. */
export const described = ({ table, key, a, b }: ViewsDifference): string => {
  const row = `row ${JSON.stringify(key)} of table ${table}`;
  if (b === null) return `${row} is missing`;
  if (a === null) return `${row} should not be there`;
  return `${row} differs in ${columnsThatDiffer(a, b).join(', ')}`;
};

const columnsThatDiffer = (a: string, b: string): readonly string[] => {
  const others = new Map(cellsOf(b));
  return cellsOf(a).flatMap(([column, cell]) => (others.get(column) === cell ? [] : [column]));
};

const cellsOf = (row: string): readonly (readonly [string, unknown])[] => {
  const parsed: unknown = JSON.parse(row);
  return typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
};
