import assert from 'node:assert/strict';
import { LeaseLost, type FollowerStore, type ParkedItem } from '#view-store';
import { positionAt } from '#kernel/spec';

/** One promise of the port. `check` is given a store of its own, and throws an AssertionError. */
export type Promised = {
  readonly name: string;
  readonly check: (store: FollowerStore) => Promise<void>;
};

const HOUR_MS = 3_600_000;
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
      assert.equal((await store.deadlines('f')).length, 0);
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
      assert.equal(JSON.stringify((await store.deadlines('f')).map(({ key }) => key)), '["l"]');
      assert.equal(await store.checkpoint('f'), positionAt(2));
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
    },
  },
];
