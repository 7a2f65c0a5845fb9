import { describe, expect, it } from '@jest/globals';
import { eventually } from '../spec/eventually.js';
import { MemoryFollowerStore } from '../spec/memory-follower-store.js';
import { SystemChance } from '../system/system-chance.js';
import { SystemTimer } from '../system/system-timer.js';
import { leading } from './leading.js';
import type { FollowerNote } from './tools.js';

const limits = { leaseMs: 60, backoff: { firstMs: 1, maxMs: 4 } };

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

const room = () => {
  const timer = new SystemTimer();
  const store = new MemoryFollowerStore(() => timer.monotonicMs());
  const notes: FollowerNote[] = [];
  const running = new Set<string>();
  const told: string[] = [];
  const by = (owner: string, work: (signal: AbortSignal) => Promise<void> = ended) =>
    leading(
      'views',
      {
        store,
        timer,
        chance: new SystemChance(),
        owner,
        notify: (note) => notes.push(note),
        limits,
      },
      async (signal) => {
        expect(running.size).toBe(0);
        running.add(owner);
        told.push(owner);
        await work(signal).finally(() => running.delete(owner));
      },
    );
  return { by, store, running, told, notes };
};

describe('work that one process does at a time', () => {
  it('is done by another once that stops', async () => {
    const { by, running, told } = room();
    const both = ['a', 'b'].map((owner) => by(owner));
    for (const leader of both) leader.start();
    await eventually(() => running.size === 1);
    const [first] = told;
    await both[first === 'a' ? 0 : 1]?.stop();
    await eventually(() => running.has(first === 'a' ? 'b' : 'a'));
    await Promise.all(both.map((leader) => leader.stop()));
    expect(running.size).toBe(0);
  });

  it('ends when the lease is lost, and begins again when it is regained', async () => {
    const { by, store, running, told, notes } = room();
    const leader = by('a');
    leader.start();
    await eventually(() => running.has('a'));
    await store.releaseLease('views', 'a');
    await store.acquireLease('views', 'another', 100);
    await eventually(() => running.size === 0);
    await eventually(() => running.has('a'));
    await leader.stop();
    expect(told).toEqual(['a', 'a']);
    expect(notes.map(({ kind }) => kind)).toEqual(['lease-lost']);
  });

  it('is begun again when it has thrown, and keeps its lease when it has nothing to do', async () => {
    const { by, told, store, notes } = room();
    let failures = 2;
    const leader = by('a', async () => {
      if ((failures -= 1) >= 0) throw new Error('broken');
    });
    leader.start();
    await eventually(() => told.length === 3);
    expect(notes.map(({ kind }) => kind)).toEqual(['store-failed', 'store-failed']);
    expect(await store.acquireLease('views', 'b', 60)).toBeNull();
    await leader.stop();
    expect(await store.acquireLease('views', 'b', 60)).not.toBeNull();
    expect(told).toHaveLength(3);
  });
});
