import type { Cell } from '#kernel';

/** `size` rows beyond a place, forwards from the start of the list or backwards from its end. */
export type PageRequest<Place extends readonly Cell[]> = {
  readonly size: number;
  readonly from: 'start' | 'end';
  readonly beyond: Place | null;
};

/** Rows in the order of the list, whichever way they were read. */
export type Page<Row> = {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
};

/** How to read on from a place: the comparison with it, and the order of reading. */
export const direction = (
  request: PageRequest<readonly Cell[]>,
  list: 'newest first' | 'oldest first',
): { readonly compare: '<' | '>'; readonly order: 'ASC' | 'DESC' } => {
  const ascending = (list === 'oldest first') === (request.from === 'start');
  return ascending ? { compare: '>', order: 'ASC' } : { compare: '<', order: 'DESC' };
};

/** Makes a page of `size` rows of the `size + 1` that were read: the last tells that there are more. */
export const page = <Row>(
  read: readonly Row[],
  { size, from, beyond }: PageRequest<readonly Cell[]>,
): Page<Row> => {
  const more = read.length > size;
  const rows = read.slice(0, size);
  return from === 'start'
    ? { rows, hasNextPage: more, hasPreviousPage: beyond !== null }
    : { rows: rows.toReversed(), hasNextPage: beyond !== null, hasPreviousPage: more };
};
