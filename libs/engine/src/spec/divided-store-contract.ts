import assert from 'node:assert/strict';
import {
  DividedOtherwise,
  LeaseLost,
  partName,
  type FollowerRequest,
  type FollowerStore,
} from '#view-store';
import { positionAt } from '#kernel/spec';
import type { Promised } from './promised.js';

const HOUR_MS = 3_600_000;

const lead = async (
  store: FollowerStore,
  owner: string,
  [index, of]: readonly [number, number],
): Promise<number> => {
  const division = { follower: 'f', parts: of };
  const name = partName('f', { index, of });
  const lease = await store.acquireLease(name, owner, HOUR_MS, division);
  assert.ok(lease, `${owner} could not lead part ${index} of ${of}`);
  return lease.epoch;
};

const replay: Omit<FollowerRequest, 'id'> = {
  follower: 'f',
  kind: 'afresh',
  key: 'k',
  eventId: 'event-1',
  item: '',
  stream: 'guests-1',
  position: positionAt(1),
  askedBy: 'ann',
  askedAtMs: 1,
};

/** What the engine relies on where several processes share the followers. */
export const dividedStoreContract: readonly Promised[] = [
  {
    name: 'tells who leads who else has asked, until they let go or get it',
    check: async (store) => {
      await store.acquireLease('f', 'a', HOUR_MS);
      for (const owner of ['b', 'c']) await store.acquireLease('f', owner, HOUR_MS);
      const told = await store.acquireLease('f', 'a', HOUR_MS);
      assert.equal(told?.waiting.toSorted().join(), 'b,c');
      await store.releaseLease('f', 'b');
      assert.equal((await store.acquireLease('f', 'a', HOUR_MS))?.waiting.join(), 'c');
      await store.releaseLease('f', 'a');
      assert.equal((await store.acquireLease('f', 'c', HOUR_MS))?.waiting.join(), '');
    },
  },
  {
    name: 'forgets who has not asked for half the life of a lease',
    check: async (store) => {
      await store.acquireLease('f', 'a', HOUR_MS);
      await store.acquireLease('f', 'b', 0);
      assert.equal((await store.acquireLease('f', 'a', HOUR_MS))?.waiting.join(), '');
    },
  },
  {
    name: 'hands a lease over to one owner, in a new epoch, by its holder alone',
    check: async (store) => {
      const before = await lead(store, 'a', [0, 1]);
      await store.handOverLease('f', 'b', 'b', HOUR_MS);
      assert.equal(await lead(store, 'a', [0, 1]), before);
      await store.handOverLease('f', 'a', 'b', HOUR_MS);
      await assert.rejects(store.saveCheckpoint('f', positionAt(1), before), LeaseLost);
      assert.equal(await store.acquireLease('f', 'a', HOUR_MS), null);
      const after = await lead(store, 'b', [0, 1]);
      assert.ok(after > before);
      await store.saveCheckpoint('f', positionAt(2), after);
    },
  },
  {
    name: 'divides a follower anew once nobody leads it, from the oldest checkpoint on',
    check: async (store) => {
      for (const [index, at] of [
        [0, 7],
        [1, 5],
      ] as const) {
        const epoch = await lead(store, 'a', [index, 2]);
        await store.saveCheckpoint(partName('f', { index, of: 2 }), positionAt(at), epoch);
      }
      await assert.rejects(lead(store, 'b', [0, 3]), DividedOtherwise);
      await store.releaseLease('f#0/2', 'a');
      await assert.rejects(lead(store, 'b', [0, 3]), DividedOtherwise);
      await store.releaseLease('f#1/2', 'a');
      await lead(store, 'b', [0, 3]);
      await assert.rejects(lead(store, 'a', [1, 2]), DividedOtherwise);
      await assert.rejects(lead(store, 'a', [0, 1]), DividedOtherwise);
      for (const index of [0, 1, 2])
        assert.equal(await store.checkpoint(partName('f', { index, of: 3 })), positionAt(5));
      await store.releaseLease('f#0/3', 'b');
      await lead(store, 'a', [0, 1]);
      assert.equal(await store.checkpoint('f'), positionAt(5));
    },
  },
  {
    name: 'begins with the log where a part of before has not begun',
    check: async (store) => {
      const epoch = await lead(store, 'a', [0, 2]);
      await store.saveCheckpoint('f#0/2', positionAt(7), epoch);
      await store.releaseLease('f#0/2', 'a');
      await lead(store, 'a', [0, 1]);
      assert.equal(await store.checkpoint('f'), null);
    },
  },
  {
    name: 'refuses what is saved under a division of before, also when it has come back',
    check: async (store) => {
      const epochs: number[] = [];
      for (const parts of [1, 2, 1, 2, 1]) {
        epochs.push(await lead(store, 'a', [0, parts]));
        await store.releaseLease(partName('f', { index: 0, of: parts }), 'a');
      }
      const epoch = await lead(store, 'a', [0, 1]);
      for (const before of epochs)
        await assert.rejects(store.saveCheckpoint('f', positionAt(1), before), LeaseLost);
      await store.saveCheckpoint('f', positionAt(1), epoch);
      await assert.rejects(store.saveCheckpoint('f#0/2', positionAt(1), epochs[1] ?? 0), LeaseLost);
    },
  },
  {
    name: 'keeps deadlines for the follower and the checkpoint for its part',
    check: async (store) => {
      const epoch = await lead(store, 'a', [1, 2]);
      const due = { dueAtMs: 5, causeId: 'event-1', command: '{}' };
      const set = [{ key: 'k', due }];
      await store.saveDeadlines('f', set, positionAt(1), epoch, 'f#1/2');
      assert.equal((await store.deadlines('f', { after: null, limit: 9 })).length, 1);
      assert.equal(await store.checkpoint('f#1/2'), positionAt(1));
      const late = store.saveDeadlines('f', set, positionAt(2), epoch + 1, 'f#1/2');
      await assert.rejects(late, LeaseLost);
    },
  },
  {
    name: 'is done with what all parts are asked for once each of them is',
    check: async (store) => {
      const id = await store.askParts(replay);
      assert.equal(await store.askParts(replay), id);
      const parts = [0, 1, 2].map((index) => ({ index, of: 3 }));
      for (const part of [parts[0], parts[2], parts[0]]) {
        assert.ok(part);
        await store.finish([{ id, items: 2, parked: 1, part }]);
        assert.equal((await store.requests('f', 9)).length, 1);
        assert.equal((await store.requests('f', 9, { after: 0, part })).length, 0);
      }
      const [, left] = parts;
      assert.ok(left);
      assert.equal((await store.requests('f', 9, { after: 0, part: left })).length, 1);
      assert.equal((await store.requests('f', 9, { after: id, part: left })).length, 0);
      // Under another division all of it is done again.
      const other = { after: 0, part: { index: 0, of: 2 } };
      assert.equal((await store.requests('f', 9, other)).length, 1);
      await store.finish([{ id, items: 2, parked: 1, part: left }]);
      assert.equal((await store.requests('f', 9)).length, 0);
      assert.notEqual(await store.askParts(replay), id);
    },
  },
];
