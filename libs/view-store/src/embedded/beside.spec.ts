import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import type { Position } from '#kernel';
import { parkedId } from '../parked-id.js';
import type { ParkedItem, ViewStore } from '../port.js';
import { fingerprint } from '../read-model.js';
import { sampleReadModel as readModel } from '../spec/sample-history.js';
import { withDirectory } from '../spec/temporary-directory.js';
import { openFollowersBeside, openFollowersToAsk, openViewsSnapshot } from './beside.js';
import { ViewsUnreadable } from '../database/errors.js';
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

const parkedItem = (over: Partial<ParkedItem>): ParkedItem => ({
  follower: 'inbox',
  eventId: 'event-1',
  item: '',
  key: 'key',
  position: at(1),
  stream: 'note-1',
  type: 'NoteWritten',
  reason: 'unknown',
  blocking: true,
  attempts: 1,
  parkedAtMs: 1,
  ...over,
});

describe('followers beside their owner', () => {
  it('show what is parked while the owner goes on', () =>
    withOpened(async (directory, opened) => {
      const { followers } = opened(await openEmbeddedViews({ directory, readModel }));
      const beside = await openFollowersBeside(directory);
      // A class, whose close needs its object.
      opened({ close: async () => beside?.close() });
      expect(await beside?.parked({ limit: 10 })).toEqual([]);
      const item = parkedItem({ blocking: false, attempts: 0 });
      await followers.park(item);
      expect(await beside?.parked({ limit: 10 })).toEqual([item]);
      expect(await beside?.parked({ follower: 'another', limit: 10 })).toEqual([]);
    }));

  it('take what is asked beside their owner, who finds it in the order of asking', () =>
    withOpened(async (directory, opened) => {
      expect(await openFollowersToAsk(directory)).toBeNull();
      const { followers } = opened(await openEmbeddedViews({ directory, readModel }));
      const beside = await openFollowersToAsk(directory);
      opened({ close: async () => beside?.close() });
      const asking = { by: 'ann', atMs: 9 };
      const head = parkedItem({ attempts: 5, position: at(2) });
      const behind = parkedItem({ eventId: 'event-2', attempts: 0, position: at(1) });
      const free = parkedItem({ eventId: 'event-3', key: 'own', blocking: false });
      for (const item of [behind, head, free]) await followers.park(item);
      const standing = await beside?.standing({ follower: null, behind: false, limit: 9 });
      expect(standing).toEqual([
        { ...free, id: parkedId(free), waiting: 0 },
        { ...head, id: parkedId(head), waiting: 1 },
      ]);
      expect(await beside?.standing({ follower: null, behind: true, limit: 9 })).toHaveLength(3);
      expect(await beside?.named(parkedId(behind))).toEqual([{ item: behind, first: head }]);
      expect(await beside?.named('000000000000')).toEqual([]);

      expect(await beside?.askRetries('another', asking)).toEqual({ keys: 0, items: 0 });
      expect(await beside?.askRetries(null, asking)).toEqual({ keys: 1, items: 1 });
      await beside?.askRetries('inbox', asking);
      await beside?.askSkip(head, asking);
      const requests = await followers.requests('inbox', 9);
      expect(requests.map(({ kind, key }) => [kind, key])).toEqual([
        ['retry-key', 'key'],
        ['retry-item', 'own'],
        ['skip', 'key'],
      ]);
      expect(await beside?.pending(9)).toEqual(requests);

      for (const request of requests)
        if (request.kind === 'skip') await followers.skip(request);
        else await followers.finish([{ id: request.id, items: 1, parked: 0 }]);
      const skipped = await beside?.skipped({ follower: null, limit: 9 });
      expect(skipped).toMatchObject([{ id: parkedId(head), skippedBy: 'ann', skippedAtMs: 9 }]);
      expect(await followers.requests('inbox', 9)).toMatchObject([{ kind: 'retry-key' }]);
      await followers.park(head);
      expect(await followers.parked({ limit: 9 })).toHaveLength(2);
    }));

  it('count what came of a replay, which can be taken back, and say who is at work', () =>
    withOpened(async (directory, opened) => {
      const { followers } = opened(await openEmbeddedViews({ directory, readModel }));
      const beside = await openFollowersToAsk(directory);
      opened({ close: async () => beside?.close() });
      const event = { follower: 'inbox', eventId: 'a', stream: 'note-1', position: at(1) };
      const events = [event, { ...event, eventId: 'b' }];
      for (const replay of ['one', 'other'])
        await beside?.askReplay(replay, events, { by: 'ann', atMs: 9 });
      const [first] = await followers.requests('inbox', 9);
      await followers.finish([{ id: first?.id ?? 0, items: 3, parked: 1 }]);
      expect(await beside?.replayed('one')).toEqual({ done: 1, items: 3, parked: 1 });
      expect(await beside?.replayed('other')).toEqual({ done: 0, items: 0, parked: 0 });
      await beside?.endReplay('one');
      expect(await followers.requests('inbox', 9)).toHaveLength(2);

      expect(await beside?.isLed('inbox')).toBe(false);
      await followers.acquireLease('inbox', 'here', 60_000);
      expect(await beside?.isLed('inbox')).toBe(true);
      await followers.releaseLease('inbox', 'here');
      expect(await beside?.isLed('inbox')).toBe(false);
    }));
});
