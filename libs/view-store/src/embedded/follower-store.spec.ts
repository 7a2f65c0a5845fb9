import { describe, expect, it } from '@jest/globals';
import type { Position } from '#kernel';
import { LeaseLost, type FollowerStore, type ParkedItem } from '../port.js';
import { withDirectory } from '../spec/temporary-directory.js';
import { openEmbeddedFollowers } from './follower-store.js';
import { followersFile } from './files.js';

const at = (position: number): Position => String(position).padStart(6, '0') as Position;
const hourMs = 3_600_000;
const page = { after: null, limit: 100 };

const withFollowers = (work: (followers: FollowerStore) => Promise<void>): Promise<void> =>
  withDirectory(async (directory) => {
    const followers = await openEmbeddedFollowers(followersFile(directory));
    try {
      await work(followers);
    } finally {
      await followers.close();
    }
  });

const leadBy = async (followers: FollowerStore, owner: string): Promise<number> => {
  const lease = await followers.acquireLease('expiry', owner, hourMs);
  expect(lease).not.toBeNull();
  return lease?.epoch ?? -1;
};

const parkedItem = (change: Partial<ParkedItem>): ParkedItem => ({
  follower: 'expiry',
  eventId: 'event-1',
  item: '',
  key: 'thread-1',
  position: at(1),
  stream: 'conversation-acme-1',
  type: 'MessageReceived',
  reason: 'NotYet',
  blocking: true,
  attempts: 1,
  parkedAtMs: 1_700_000_000_000,
  ...change,
});

describe('the follower store', () => {
  it('has no checkpoint before the first, and then the last one saved', () =>
    withFollowers(async (followers) => {
      expect(await followers.checkpoint('expiry')).toBeNull();
      const epoch = await leadBy(followers, 'a');
      expect(await followers.checkpoint('expiry')).toBeNull();
      await followers.saveCheckpoint('expiry', at(1), epoch);
      await followers.saveCheckpoint('expiry', at(2), epoch);
      expect(await followers.checkpoint('expiry')).toBe(at(2));
      expect(await followers.checkpoint('another')).toBeNull();
    }));

  it('keeps everything over a close and an open', () =>
    withDirectory(async (directory) => {
      const before = await openEmbeddedFollowers(followersFile(directory));
      const epoch = await leadBy(before, 'a');
      const due = { dueAtMs: 5, causeId: 'event-1', command: '{}' };
      await before.saveDeadlines('expiry', [{ key: 'k', due }], at(7), epoch);
      await before.park(parkedItem({}));
      await before.close();
      const after = await openEmbeddedFollowers(followersFile(directory));
      expect(await after.checkpoint('expiry')).toBe(at(7));
      expect(await after.deadlines('expiry', page)).toEqual([{ key: 'k', ...due }]);
      expect(await after.parked({ limit: 10 })).toEqual([parkedItem({})]);
      expect(await after.acquireLease('expiry', 'b', hourMs)).toBeNull();
      await after.close();
    }));

  it('refuses a checkpoint to whom it never gave a lease', () =>
    withFollowers(async (followers) => {
      await expect(followers.saveCheckpoint('expiry', at(1), 1)).rejects.toThrow(LeaseLost);
      expect(await followers.checkpoint('expiry')).toBeNull();
    }));
});

describe('a lease', () => {
  it('is held by one owner, who may prolong it in the same epoch', () =>
    withFollowers(async (followers) => {
      const epoch = await leadBy(followers, 'a');
      expect(await followers.acquireLease('expiry', 'b', hourMs)).toBeNull();
      expect(await followers.acquireLease('expiry', 'a', hourMs)).toEqual({
        epoch,
        waiting: ['b'],
      });
      expect(await followers.acquireLease('another', 'b', hourMs)).not.toBeNull();
    }));

  it('passes on once it has expired, and its old epoch saves nothing more', () =>
    withFollowers(async (followers) => {
      const first = await followers.acquireLease('expiry', 'a', 1);
      let second = await followers.acquireLease('expiry', 'b', hourMs);
      while (second === null) second = await followers.acquireLease('expiry', 'b', hourMs);
      expect(second.epoch).toBeGreaterThan(first?.epoch ?? Infinity);
      const late = followers.saveCheckpoint('expiry', at(9), first?.epoch ?? -1);
      await expect(late).rejects.toThrow(LeaseLost);
      expect(await followers.checkpoint('expiry')).toBeNull();
      await followers.saveCheckpoint('expiry', at(3), second.epoch);
      expect(await followers.checkpoint('expiry')).toBe(at(3));
    }));

  it('that was let go is free at once, and its epoch saves nothing more', () =>
    withFollowers(async (followers) => {
      const epoch = await leadBy(followers, 'a');
      await followers.releaseLease('expiry', 'b');
      await followers.saveCheckpoint('expiry', at(1), epoch);
      await followers.releaseLease('expiry', 'a');
      await expect(followers.saveCheckpoint('expiry', at(2), epoch)).rejects.toThrow(LeaseLost);
      expect(await leadBy(followers, 'b')).toBeGreaterThan(epoch);
      expect(await followers.checkpoint('expiry')).toBe(at(1));
    }));
});

describe('parked items', () => {
  it('block their keys, unless nothing waits behind them', () =>
    withFollowers(async (followers) => {
      await followers.park(parkedItem({ eventId: 'event-2', key: 'thread-2', position: at(2) }));
      await followers.park(parkedItem({ eventId: 'event-1', key: 'thread-1', position: at(1) }));
      await followers.park(parkedItem({ eventId: 'event-3', key: 'thread-1', position: at(3) }));
      await followers.park(parkedItem({ eventId: 'event-4', key: 'thread-4', blocking: false }));
      await followers.park(parkedItem({ follower: 'another', key: 'thread-5' }));
      expect(await followers.blockedKeys('expiry')).toEqual(['thread-1', 'thread-2']);
      await followers.unpark('expiry', 'event-1', '');
      expect(await followers.blockedKeys('expiry')).toEqual(['thread-1', 'thread-2']);
      await followers.unpark('expiry', 'event-3', '');
      expect(await followers.blockedKeys('expiry')).toEqual(['thread-2']);
    }));

  it('are listed in the order of the log, of one follower or of all, up to a limit', () =>
    withFollowers(async (followers) => {
      const later = parkedItem({ eventId: 'event-9', position: at(9) });
      const earlier = parkedItem({ eventId: 'event-4', position: at(4), blocking: false });
      const other = parkedItem({ follower: 'another', position: at(6) });
      for (const item of [later, other, earlier]) await followers.park(item);
      expect(await followers.parked({ limit: 10 })).toEqual([earlier, other, later]);
      expect(await followers.parked({ follower: 'expiry', limit: 10 })).toEqual([earlier, later]);
      expect(await followers.parked({ follower: 'expiry', limit: 1 })).toEqual([earlier]);
    }));

  it('that are parked again are there once, as last seen', () =>
    withFollowers(async (followers) => {
      await followers.park(parkedItem({ attempts: 1 }));
      await followers.park(parkedItem({ attempts: 2, reason: 'Timeout' }));
      const again = parkedItem({ attempts: 2, reason: 'Timeout' });
      expect(await followers.parked({ limit: 10 })).toEqual([again]);
    }));
});

describe('deadlines', () => {
  const due = { dueAtMs: 100, causeId: 'event-1', command: '{"kind":"Expire"}' };

  it('are set, moved and cleared together with the checkpoint', () =>
    withFollowers(async (followers) => {
      const epoch = await leadBy(followers, 'a');
      const set = [
        { key: 'b', due },
        { key: 'a', due },
      ];
      await followers.saveDeadlines('expiry', set, at(1), epoch);
      expect(await followers.deadlines('expiry', page)).toEqual([
        { key: 'a', ...due },
        { key: 'b', ...due },
      ]);
      const moved = { ...due, dueAtMs: 200, causeId: 'event-2' };
      const changes = [
        { key: 'a', due: moved },
        { key: 'b', due: null },
      ];
      await followers.saveDeadlines('expiry', changes, at(2), epoch);
      expect(await followers.deadlines('expiry', page)).toEqual([{ key: 'a', ...moved }]);
      expect(await followers.deadlines('another', page)).toEqual([]);
      expect(await followers.checkpoint('expiry')).toBe(at(2));
    }));

  it('of a lost lease are not saved, and neither is the checkpoint', () =>
    withFollowers(async (followers) => {
      const epoch = await leadBy(followers, 'a');
      await followers.saveDeadlines('expiry', [{ key: 'a', due }], at(1), epoch);
      await followers.releaseLease('expiry', 'a');
      const late = followers.saveDeadlines('expiry', [{ key: 'a', due: null }], at(2), epoch);
      await expect(late).rejects.toThrow(LeaseLost);
      expect(await followers.deadlines('expiry', page)).toEqual([{ key: 'a', ...due }]);
      expect(await followers.checkpoint('expiry')).toBe(at(1));
    }));

  it('one that cannot be stored takes its neighbours and the checkpoint with it', () =>
    withFollowers(async (followers) => {
      const epoch = await leadBy(followers, 'a');
      const changes = [
        { key: 'a', due },
        { key: 'b', due: { ...due, dueAtMs: 1.5 } },
      ];
      await expect(followers.saveDeadlines('expiry', changes, at(1), epoch)).rejects.toThrow();
      expect(await followers.deadlines('expiry', page)).toEqual([]);
      expect(await followers.checkpoint('expiry')).toBeNull();
    }));
});
