import { describe, expect, it } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { organisationId } from '#kernel';
import { positionAt } from '#kernel/spec';
import { connection, pageRequest, type List, type PageArguments } from './connection.js';
import { Cursors } from './cursors.js';

type Place = readonly [number, string];
const cursors = new Cursors('a secret', 'an epoch');
const acme = organisationId('acme');
const list: List<Place> = {
  name: 'conversations',
  cursors,
  organisation: acme,
  from: 'start',
  place: ([at, id]) => [Number(at), String(id)],
};
const messages: List<Place> = { ...list, name: 'messages of a.1', from: 'end' };
const cursor = cursors.forList([7, 'a.1'], acme, 'conversations', null);
const refused = (page: PageArguments, of = list): unknown => {
  try {
    pageRequest(page, of);
  } catch (error) {
    if (error instanceof GraphQLError) return error.extensions;
    throw error;
  }
  return 'accepted';
};

describe('the page that is asked for', () => {
  it('is 25 rows from the list’s own end when nothing is said', () => {
    expect(pageRequest({}, list)).toEqual({ from: 'start', size: 25, beyond: null });
    expect(pageRequest({}, messages)).toEqual({ from: 'end', size: 25, beyond: null });
    const nulls = { first: null, after: null, last: null, before: null };
    expect(pageRequest(nulls, list)).toEqual({ from: 'start', size: 25, beyond: null });
  });

  it('goes on after or before a place', () => {
    const beyond = [7, 'a.1'];
    expect(pageRequest({ first: 3, after: cursor }, list)).toEqual({
      from: 'start',
      size: 3,
      beyond,
    });
    expect(pageRequest({ after: cursor }, list)).toEqual({ from: 'start', size: 25, beyond });
    expect(pageRequest({ last: 3, before: cursor }, list)).toEqual({
      from: 'end',
      size: 3,
      beyond,
    });
    expect(pageRequest({ before: cursor }, list)).toEqual({ from: 'end', size: 25, beyond });
  });

  it.each([
    [{ first: 1, last: 1 }, 'last'],
    [{ after: 'x', before: 'x' }, 'before'],
    [{ first: 1, before: 'x' }, 'before'],
    [{ last: 1, after: 'x' }, 'after'],
    [{ first: 0 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ first: -1 }, 'first'],
    [{ last: 0 }, 'last'],
    [{ last: 101 }, 'last'],
  ])('%j is bad input, and the field %s is named', (page, field) => {
    expect(refused(page)).toEqual({ code: 'BAD_USER_INPUT', field });
  });

  it('takes 1 to 100 rows', () => {
    expect(pageRequest({ first: 1 }, list).size).toBe(1);
    expect(pageRequest({ last: 100 }, list).size).toBe(100);
  });

  it.each([
    ['of another list', cursors.forList([7, 'a.1'], acme, 'messages of a.1', null)],
    ['of the log', cursors.forLog(positionAt(1), acme)],
    [
      'of another organisation',
      cursors.forList([7, 'a'], organisationId('other'), 'conversations', null),
    ],
    ['that is none', 'abc'],
    ['that is empty', ''],
  ])('S: a cursor %s is CURSOR_EXPIRED, never silence', (_, after) => {
    expect(refused({ after })).toEqual({ code: 'CURSOR_EXPIRED' });
  });
});

describe('a page in Relay’s shape', () => {
  const page = { rows: [1, 2], hasNextPage: true, hasPreviousPage: false };
  const place = (row: number): Place => [row, `id${row}`];

  it('has an edge for each row, and cursors that lead back to it', () => {
    const { edges, nodes, pageInfo } = connection(page, ['one', 'two'], list, place, null);
    expect(nodes).toEqual(['one', 'two']);
    expect(edges.map(({ node }) => node)).toEqual(['one', 'two']);
    expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(pageInfo.startCursor).toBe(edges[0]?.cursor);
    const next = pageRequest({ after: pageInfo.endCursor }, list);
    expect(next.beyond).toEqual([2, 'id2']);
  });

  it('of nothing has no cursors', () => {
    const none = { rows: [], hasNextPage: false, hasPreviousPage: false };
    expect(connection(none, [], list, place, null)).toMatchObject({
      edges: [],
      pageInfo: { startCursor: null, endCursor: null },
    });
  });
});
