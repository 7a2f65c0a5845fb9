import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import type { Position } from '#kernel';
import type { ViewStore } from '../port.js';
import { fingerprint } from '../read-model.js';
import { sampleReadModel as readModel } from '../spec/sample-history.js';
import { withDirectory } from '../spec/temporary-directory.js';
import { openFollowersBeside, openViewsSnapshot } from './beside.js';
import { ViewsUnreadable } from './errors.js';
import { followersFile, viewsFile } from './files.js';
import { openEmbeddedViews } from './open.js';
import { exists } from './swap.js';

const at = (position: number): Position => String(position).padStart(6, '0') as Position;
const countParked = 'SELECT count(*) AS count FROM parked_rows';

const parkedRow = (id: string) => ({
  id,
  projection: 'notes',
  row_key: id,
  event_id: id,
  type: 'NoteWritten',
  stream: 'note-1',
  position: at(1),
  reason: 'RowInvalid',
});

type Closes = { readonly close: () => Promise<void> };

/** A directory and what was opened in it, closed also when the test fails. */
const withOpened = (
  work: (directory: string, opened: <T extends Closes | null>(store: T) => T) => Promise<void>,
): Promise<void> =>
  withDirectory(async (directory) => {
    const open: Closes[] = [];
    try {
      await work(directory, (store) => {
        if (store !== null) open.push(store);
        return store;
      });
    } finally {
      for (const { close } of open.toReversed()) await close();
    }
  });

const write = (views: ViewStore, id: string, after: Position | null, position: Position) =>
  views.commit({
    after,
    position,
    changes: [{ table: 'parked_rows', key: id, row: parkedRow(id) }],
  });

describe('views beside their owner', () => {
  it('are those of one moment, however the owner goes on', () =>
    withOpened(async (directory, opened) => {
      const { views } = opened(await openEmbeddedViews({ directory, readModel }));
      await write(views, 'a', null, at(1));
      const held = opened(await openViewsSnapshot(viewsFile(directory)));
      await write(views, 'b', at(1), at(2));
      expect(held).toMatchObject({ position: at(1), fingerprint: fingerprint(readModel) });
      expect(await held?.query(countParked, [])).toEqual([{ count: 1 }]);
      const later = opened(await openViewsSnapshot(viewsFile(directory)));
      expect(later?.position).toBe(at(2));
      expect(await later?.query(countParked, [])).toEqual([{ count: 2 }]);
    }));

  it('are none, or unreadable, when there is no database of views; none is made', () =>
    withDirectory(async (directory) => {
      const file = viewsFile(directory);
      expect(await openViewsSnapshot(file)).toBeNull();
      expect(await openFollowersBeside(directory)).toBeNull();
      expect(await exists(file)).toBe(false);
      expect(await exists(followersFile(directory))).toBe(false);
      for (const content of ['', 'no database, but a text of more than its header'.repeat(9)]) {
        await writeFile(file, content);
        await expect(openViewsSnapshot(file)).rejects.toBeInstanceOf(ViewsUnreadable);
      }
    }));
});

describe('followers beside their owner', () => {
  it('show what is parked while the owner goes on', () =>
    withOpened(async (directory, opened) => {
      const { followers } = opened(await openEmbeddedViews({ directory, readModel }));
      const beside = await openFollowersBeside(directory);
      // A class, whose close needs its object.
      opened({ close: async () => beside?.close() });
      expect(await beside?.parked({ limit: 10 })).toEqual([]);
      const item = {
        follower: 'inbox',
        eventId: 'event-1',
        item: '',
        key: 'key',
        position: at(1),
        stream: 'note-1',
        type: 'NoteWritten',
        reason: 'unknown',
        blocking: false,
        attempts: 0,
        parkedAtMs: 1,
      };
      await followers.park(item);
      expect(await beside?.parked({ limit: 10 })).toEqual([item]);
      expect(await beside?.parked({ follower: 'another', limit: 10 })).toEqual([]);
    }));
});
