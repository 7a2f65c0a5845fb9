import type { Cell, OrganisationId, Position } from '#kernel';
import type { Page, PageRequest } from '#view-store';
import type { Cursors } from './cursors.js';
import { edgeError } from './graphql/errors.js';

/** Rows of a page when the client does not say. */
const pageSizeDefault = 25;
const pageSizeMax = 100;

export type PageArguments = {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
};

/** A list whose cursors are its own. */
export type List<Place extends readonly Cell[]> = {
  readonly name: string;
  readonly cursors: Cursors;
  readonly organisation: OrganisationId;
  /** Where a page begins when neither end is asked for. */
  readonly from: 'start' | 'end';
  readonly place: (sortKey: readonly Cell[]) => Place;
};

/** The page that Relay's arguments ask for. Throws BAD_USER_INPUT, or CURSOR_EXPIRED. */
export const pageRequest = <Place extends readonly Cell[]>(
  page: PageArguments,
  list: List<Place>,
): PageRequest<Place> => {
  const { first, after, last, before } = page;
  if (isGiven(first) && isGiven(last))
    throw edgeError('BAD_USER_INPUT', 'Give first or last, not both.', { field: 'last' });
  if (isGiven(after) && isGiven(before))
    throw edgeError('BAD_USER_INPUT', 'Give after or before, not both.', { field: 'before' });
  const from = fromOf(page) ?? list.from;
  const cursor = from === 'start' ? after : before;
  const misplaced = from === 'start' ? before : after;
  if (isGiven(misplaced))
    throw edgeError('BAD_USER_INPUT', 'after goes with first, before goes with last.', {
      field: from === 'start' ? 'before' : 'after',
    });
  const beyond = cursor === null || cursor === undefined ? null : placeOf(cursor, list);
  return { from, size: sizeOf(first, last), beyond };
};

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

const fromOf = ({ first, after, last, before }: PageArguments): 'start' | 'end' | null => {
  if (isGiven(first)) return 'start';
  if (isGiven(last)) return 'end';
  if (isGiven(after)) return 'start';
  return isGiven(before) ? 'end' : null;
};

/** The rows of a page. Throws BAD_USER_INPUT. */
export const sizeOf = (
  first: number | null | undefined,
  last: number | null | undefined,
): number => {
  const size = first ?? last ?? pageSizeDefault;
  if (size >= 1 && size <= pageSizeMax) return size;
  const field = isGiven(first) ? 'first' : 'last';
  throw edgeError('BAD_USER_INPUT', `${field} must be from 1 to ${pageSizeMax}.`, { field });
};

const placeOf = <Place extends readonly Cell[]>(cursor: string, list: List<Place>): Place =>
  list.place(list.cursors.readList(cursor, list.organisation, list.name).sortKey);

/** A page in Relay's shape. A cursor is signed when it is asked for: most are not. */
export const connection = <Row, Node, Place extends readonly Cell[]>(
  { rows, hasNextPage, hasPreviousPage }: Page<Row>,
  nodes: readonly Node[],
  list: List<Place>,
  sortKey: (row: Row) => Place,
  position: Position | null,
) => {
  const cursorOf = (row: Row): string =>
    list.cursors.forList(sortKey(row), list.organisation, list.name, position);
  const edges = rows.flatMap((row, index) => {
    const node = nodes[index];
    return node === undefined ? [] : [edge(cursorOf, row, node)];
  });
  const pageInfo = {
    hasNextPage,
    hasPreviousPage,
    get startCursor() {
      return edges.at(0)?.cursor ?? null;
    },
    get endCursor() {
      return edges.at(-1)?.cursor ?? null;
    },
  };
  return { edges, nodes, pageInfo };
};

const edge = <Row, Node>(cursorOf: (row: Row) => string, row: Row, node: Node) => ({
  node,
  get cursor() {
    return cursorOf(row);
  },
});
