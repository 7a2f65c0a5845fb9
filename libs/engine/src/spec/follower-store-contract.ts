import assert from 'node:assert/strict';
import { LeaseLost, type FollowerStore, type ParkedItem } from '#view-store';
import { positionAt } from '#kernel/spec';
import { dividedStoreContract } from './divided-store-contract.js';
import type { Promised } from './promised.js';

const HOUR_MS = 3_600_000;
const page = { after: null, limit: 100 };
const due = { dueAtMs: 5, causeId: 'event-1', command: '{}' };

const item = (over: Partial<ParkedItem>): ParkedItem => ({
  follower: 'f',
  eventId: 'event-1',
  item: '',
  key: 'k',
  position: positionAt(1),
  stream: 'guests-1',
  type: 'NameEntered',
  reason: 'broken',
  blocking: true,
  attempts: 5,
  parkedAtMs: 1,
  ...over,
});

const leadBy = async (store: FollowerStore, owner: string): Promise<number> => {
  const lease = await store.acquireLease('f', owner, HOUR_MS);
  assert.ok(lease, `${owner} could not lead`);
  return lease.epoch;
};

/** What the engine relies on in a FollowerStore, durability apart. */
export const followerStoreContract: readonly Promised[] = [
  {
    name: 'gives the lease to one owner, who may prolong it in the same epoch',
    check: async (store) => {
      const epoch = await leadBy(store, 'a');
      assert.equal(await store.acquireLease('f', 'b', HOUR_MS), null);
      assert.equal(await leadBy(store, 'a'), epoch);
    },
  },
  {
    name: 'refuses the checkpoint and the deadlines of an epoch that is over',
    check: async (store) => {
      const before = await leadBy(store, 'a');
      await store.releaseLease('f', 'a');
      const after = await leadBy(store, 'b');
      assert.ok(after > before);
      await assert.rejects(store.saveCheckpoint('f', positionAt(1), before), LeaseLost);
      const late = store.saveDeadlines('f', [{ key: 'k', due }], positionAt(1), before);
      await assert.rejects(late, LeaseLost);
      assert.equal(await store.checkpoint('f'), null);
      assert.equal((await store.deadlines('f', page)).length, 0);
      await store.saveCheckpoint('f', positionAt(2), after);
      assert.equal(await store.checkpoint('f'), positionAt(2));
    },
  },
  {
    name: 'lets nobody but its owner let a lease go',
    check: async (store) => {
      await leadBy(store, 'a');
      await store.releaseLease('f', 'b');
      assert.equal(await store.acquireLease('f', 'b', HOUR_MS), null);
    },
  },
  {
    name: 'sets and clears deadlines together with the checkpoint',
    check: async (store) => {
      const epoch = await leadBy(store, 'a');
      const both = ['k', 'l'].map((key) => ({ key, due }));
      await store.saveDeadlines('f', both, positionAt(1), epoch);
      await store.saveDeadlines('f', [{ key: 'k', due: null }], positionAt(2), epoch);
      assert.equal(
        JSON.stringify((await store.deadlines('f', page)).map(({ key }) => key)),
        '["l"]',
      );
      assert.equal(await store.checkpoint('f'), positionAt(2));
    },
  },
  {
    name: 'gives deadlines page by page, the next due first, and those of one instant by key',
    check: async (store) => {
      const epoch = await leadBy(store, 'a');
      const places = [7, 5, 5, -1, 6].map((dueAtMs, index) => ({ key: `k${index}`, dueAtMs }));
      const changes = places.map(({ key, dueAtMs }) => ({ key, due: { ...due, dueAtMs } }));
      await store.saveDeadlines('f', changes, positionAt(1), epoch);
      const first = await store.deadlines('f', { after: null, limit: 2 });
      assert.equal(first.map(({ key }) => key).join(), 'k3,k1');
      const after = first.at(-1) ?? null;
      const rest = await store.deadlines('f', { after, limit: 9 });
      assert.equal(rest.map(({ key }) => key).join(), 'k2,k4,k0');
      assert.equal((await store.deadlines('g', page)).length, 0);
    },
  },
  {
    name: 'blocks the keys of blocking parked items until the last of them is taken away',
    check: async (store) => {
      await store.park(item({}));
      await store.park(item({ eventId: 'event-2' }));
      await store.park(item({ eventId: 'event-3', key: 'free', blocking: false }));
      await store.unpark('f', 'event-1', '');
      assert.equal((await store.blockedKeys('f')).join(), 'k');
      await store.unpark('f', 'event-2', '');
      assert.equal((await store.blockedKeys('f')).join(), '');
      assert.equal((await store.parked({ follower: 'f', limit: 9 })).length, 1);
      assert.equal((await store.parked({ follower: 'g', limit: 9 })).length, 0);
      assert.equal(await store.parkedCount('f'), 1);
      assert.equal(await store.parkedCount('g'), 0);
    },
  },
  {
    name: 'gives what is parked under a key in the order of the log, and of an event whole',
    check: async (store) => {
      await store.park(item({ eventId: 'event-2', position: positionAt(2) }));
      await store.park(item({ item: 'b' }));
      await store.park(item({ item: 'c', key: 'free', blocking: false }));
      const under = await store.parkedUnder('f', 'k', 9);
      assert.equal(under.map(({ eventId }) => eventId).join(), 'event-1,event-2');
      assert.equal((await store.parkedUnder('f', 'k', 1)).length, 1);
      assert.equal((await store.parkedUnder('f', 'free', 9)).length, 0);
      const { parked, skipped } = await store.parkedOf('f', 'event-1');
      assert.equal(
        parked
          .map((found) => found.item)
          .toSorted()
          .join(),
        'b,c',
      );
      assert.equal(skipped.length, 0);
    },
  },
  {
    name: 'keeps since when an item is parked, and what is known of it when it was not tried',
    check: async (store) => {
      await store.park(item({ parkedAtMs: 1 }));
      await store.park(item({ parkedAtMs: 2, attempts: 0, reason: 'stands behind' }));
      const [kept] = await store.parked({ follower: 'f', limit: 9 });
      assert.equal(`${kept?.parkedAtMs} ${kept?.reason}`, '1 broken');
      await store.park(item({ parkedAtMs: 3, attempts: 6, reason: 'still', blocking: false }));
      const [again] = await store.parked({ follower: 'f', limit: 9 });
      assert.equal(
        `${again?.parkedAtMs} ${again?.reason} ${again?.attempts} ${again?.blocking}`,
        '1 still 6 false',
      );
    },
  },
  {
    name: 'moves what is skipped out of the way for good, and asks for the rest of its key',
    check: async (store) => {
      await store.park(item({}));
      await store.park(item({ eventId: 'event-2', position: positionAt(2), attempts: 0 }));
      const asked = {
        id: 77,
        follower: 'f',
        kind: 'skip',
        key: 'k',
        eventId: 'event-1',
        item: '',
        stream: 'guests-1',
        position: positionAt(1),
        askedBy: 'ann',
        askedAtMs: 5,
      } as const;
      await store.skip(asked);
      await store.skip(asked);
      await store.park(item({}));
      assert.equal((await store.parkedOf('f', 'event-1')).parked.length, 0);
      assert.equal((await store.parkedOf('f', 'event-1')).skipped.join('|'), '');
      assert.equal((await store.parkedOf('f', 'event-1')).skipped.length, 1);
      assert.equal((await store.skippedAfter('f', null)).length, 1);
      assert.equal((await store.skippedAfter('f', positionAt(1))).length, 0);
      const requests = await store.requests('f', 9);
      const told = requests.map(({ kind, key, askedBy }) => `${kind} ${key} ${askedBy}`);
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', /^retry-key k /);
      await store.finish(requests.map(({ id }) => ({ id, items: 1, parked: 0 })));
      assert.equal((await store.requests('f', 9)).length, 0);
    },
  },
  ...dividedStoreContract,
];
