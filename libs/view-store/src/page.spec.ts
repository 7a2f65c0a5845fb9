import { describe, expect, it } from '@jest/globals';
import { direction, page } from './page.js';

const request = (from: 'start' | 'end', beyond: readonly number[] | null = null) => ({
  size: 2,
  from,
  beyond,
});

describe('a page', () => {
  it('holds what was asked for; the row too many says that there are more', () => {
    expect(page([1, 2, 3], request('start'))).toEqual({
      rows: [1, 2],
      hasNextPage: true,
      hasPreviousPage: false,
    });
    expect(page([1, 2], request('start', [0]))).toEqual({
      rows: [1, 2],
      hasNextPage: false,
      hasPreviousPage: true,
    });
  });

  it('read from the end stands in the order of the list all the same', () => {
    expect(page([9, 8, 7], request('end'))).toEqual({
      rows: [8, 9],
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect(page([9], request('end', [10]))).toEqual({
      rows: [9],
      hasNextPage: true,
      hasPreviousPage: false,
    });
  });

  it('of nothing is empty', () => {
    expect(page([], request('start'))).toEqual({
      rows: [],
      hasNextPage: false,
      hasPreviousPage: false,
    });
  });

  it.each([
    ['newest first', 'start', '<', 'DESC'],
    ['newest first', 'end', '>', 'ASC'],
    ['oldest first', 'start', '>', 'ASC'],
    ['oldest first', 'end', '<', 'DESC'],
  ] as const)('of a list %s is read from its %s by %s, %s', (list, from, compare, order) => {
    expect(direction(request(from), list)).toEqual({ compare, order });
  });
});
