import { describe, expect, it } from '@jest/globals';
import type { Position, Projection, Table } from '#kernel';
import { CheckpointMoved, ViewQueryFailed, ViewStoreUnavailable } from '../port.js';
import type { ViewStore } from '../port.js';
import { withDirectory } from '../spec/temporary-directory.js';
import { openEmbeddedViews } from './open.js';
import { queryRowsMax } from '../database/views-reading.js';

const at = (position: number): Position => String(position).padStart(6, '0') as Position;

const notes: Table = {
  name: 'notes',
  columns: { note_id: 'text', size: 'integer', body: 'json?', author: 'text?' },
  key: 'note_id',
  indexes: [['author', 'size']],
};
const projection: Projection = {
  kind: 'projection',
  name: 'notes',
  version: 1,
  table: notes,
  streams: ['note-'],
  types: [],
  keys: () => [],
  project: () => undefined,
};
const readModel = { projections: [projection] };

const withViews = (work: (views: ViewStore) => Promise<void>): Promise<void> =>
  withDirectory(async (directory) => {
    const { views, close } = await openEmbeddedViews({ directory, readModel });
    try {
      await work(views);
    } finally {
      await close();
    }
  });

const note = (id: string, size: number) => ({
  table: 'notes',
  key: id,
  row: { note_id: id, size, body: '{"a":1}', author: null },
});

describe('the view store', () => {
  it('P16: writes rows and checkpoint together', () =>
    withViews(async (views) => {
      expect(views.position()).toBeNull();
      const changes = Array.from({ length: 70 }, (_, n) => note(`n${n}`, n));
      await views.commit({ after: null, position: at(1), changes });
      expect(views.position()).toBe(at(1));
      const rows = await views.rows('notes', ['n0', 'n69', 'n70']);
      expect([...rows.keys()].toSorted()).toEqual(['n0', 'n69']);
      expect(rows.get('n69')).toEqual(note('n69', 69).row);
      const gone = { table: 'notes', key: 'n0', row: undefined };
      await views.commit({ after: at(1), position: at(2), changes: [gone, note('n1', 100)] });
      const count = 'SELECT count(*) AS n, sum(size) AS total FROM notes';
      expect(await views.all.query(count, [])).toEqual([{ n: 69, total: 2415 - 1 + 100 }]);
    }));

  it('P16: writes neither rows nor checkpoint when one row cannot be stored', () =>
    withViews(async (views) => {
      const changes = [note('a', 1), note('b', 0.5)];
      await expect(views.commit({ after: null, position: at(1), changes })).rejects.toThrow();
      expect(await views.rows('notes', ['a', 'b'])).toEqual(new Map());
      expect(views.position()).toBeNull();
      await views.commit({ after: null, position: at(1), changes: [note('a', 1)] });
    }));

  it('P16: refuses a batch that was folded from where the views no longer stand', () =>
    withViews(async (views) => {
      await views.commit({ after: null, position: at(5), changes: [note('a', 1)] });
      const stale = views.commit({ after: null, position: at(9), changes: [note('a', 2)] });
      await expect(stale).rejects.toThrow(CheckpointMoved);
      expect((await views.rows('notes', ['a'])).get('a')).toEqual(note('a', 1).row);
      expect(views.position()).toBe(at(5));
    }));

  it('stands after a restart where it stood', () =>
    withDirectory(async (directory) => {
      const before = await openEmbeddedViews({ directory, readModel });
      await before.views.commit({ after: null, position: at(3), changes: [note('a', 1)] });
      await before.close();
      const after = await openEmbeddedViews({ directory, readModel });
      expect(after.views.position()).toBe(at(3));
      expect((await after.views.rows('notes', ['a'])).size).toBe(1);
      await after.close();
    }));

  it('answers nothing after it has been closed', () =>
    withDirectory(async (directory) => {
      const { views, close } = await openEmbeddedViews({ directory, readModel });
      const waiting = views.reached(at(1), 60_000);
      await close();
      expect(await waiting).toBe(false);
      await expect(views.all.query('SELECT 1', [])).rejects.toThrow(ViewStoreUnavailable);
    }));
});

describe('a position', () => {
  it('that is reached answers true, at once or when a commit gets there', () =>
    withViews(async (views) => {
      const waiting = [views.reached(at(1), 60_000), views.reached(at(2), 60_000)];
      await views.commit({ after: null, position: at(2), changes: [] });
      expect(await Promise.all(waiting)).toEqual([true, true]);
      expect(await views.reached(at(2), 0)).toBe(true);
    }));

  it('that is not reached answers false after the time given', () =>
    withViews(async (views) => {
      await views.commit({ after: null, position: at(2), changes: [] });
      expect(await views.reached(at(3), 0)).toBe(false);
      expect(await views.reached(at(3), 60)).toBe(false);
    }));

  it('that another connection reaches answers true', () =>
    withDirectory(async (directory) => {
      const gateway = await openEmbeddedViews({ directory, readModel });
      const worker = await openEmbeddedViews({ directory, readModel });
      const waiting = gateway.views.reached(at(1), 60_000);
      await worker.views.commit({ after: null, position: at(1), changes: [note('a', 1)] });
      expect(await waiting).toBe(true);
      expect(gateway.views.position()).toBe(at(1));
      expect(await gateway.views.all.query('SELECT size FROM notes', [])).toEqual([{ size: 1 }]);
      await Promise.all([gateway.close(), worker.close()]);
    }));
});

describe('a query', () => {
  it.each([
    "INSERT INTO notes (note_id, size) VALUES ('x', 1)",
    'WITH gone AS (SELECT 1) DELETE FROM notes',
    'PRAGMA query_only = OFF',
    'DROP TABLE notes',
    '-- select\nDELETE FROM notes',
    '',
  ])('writes nothing: %s', (sql) =>
    withViews(async (views) => {
      await views.commit({ after: null, position: at(1), changes: [note('a', 1)] });
      await expect(views.all.query(sql, [])).rejects.toThrow(ViewQueryFailed);
      const off = views.all.query('SELECT * FROM pragma_query_only', []);
      expect(await off).toEqual([{ query_only: 1 }]);
      expect(await views.all.query('SELECT size FROM notes', [])).toEqual([{ size: 1 }]);
    }),
  );

  it('that fails is told by its name, never by its parameters', () =>
    withViews(async (views) => {
      const named = '-- inbox page\nSELECT nothing FROM notes WHERE note_id = ?';
      const failed = views.all.query(named, ['+44 7700 900123']);
      await expect(failed).rejects.toThrow('the query "inbox page" failed');
      const unnamed = views.all.query('SELECT size FROM notes WHERE abs(size) = abs(?', ['x']);
      await expect(unnamed).rejects.toThrow('a query of "notes" failed');
    }));

  it('gives no more rows than it may, and lets go of what it read', () =>
    withViews(async (views) => {
      await views.commit({ after: null, position: at(1), changes: [note('a', 1)] });
      const numbers =
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)' +
        ' SELECT i, size FROM n, notes';
      expect(await views.all.query(numbers, [queryRowsMax])).toHaveLength(queryRowsMax);
      await expect(views.all.query(numbers, [queryRowsMax + 1])).rejects.toThrow(ViewQueryFailed);
      await views.commit({ after: at(1), position: at(2), changes: [note('a', 2)] });
      expect(await views.all.query(numbers, [1])).toEqual([{ i: 1, size: 2 }]);
    }));
});
