import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable, WrongExpectedRevision } from '../port.js';
import { aDirectory } from '../spec/data-directory.js';
import { anEvent, collected, errorOf, idsOf, someEvents } from '../spec/driver.js';
import { Gatherer } from './gatherer.js';

const slow = { testing: { commitDelayMs: 20 } };

describe('group commit', () => {
  it('lets appends that arrive during a commit share the next', async () => {
    const { open, cleanup } = await aDirectory();
    const { store } = await open(slow);
    const first = store.append('s-0', 'no-stream', [anEvent()]);
    await new Promise((resolve) => setImmediate(resolve));
    const others = Array.from({ length: 300 }, (_, number) =>
      store.append(`s-${number + 1}`, 'no-stream', [anEvent()]),
    );
    await Promise.all([first, ...others]);
    expect((await store.statistics()).commits).toBe(2);
    await cleanup();
  });

  it('commits each append that waits for the one before', async () => {
    const { open, cleanup } = await aDirectory();
    const { store } = await open();
    for (let turn = 0; turn < 5; turn += 1) await store.append('s-1', 'any', [anEvent()]);
    expect((await store.statistics()).commits).toBe(5);
    await cleanup();
  });

  it('acknowledges only after the commit: whoever reads then finds it', async () => {
    const { open, cleanup } = await aDirectory();
    const { store } = await open(slow);
    const reader = (await open({ readOnly: true })).store;
    let acknowledged = false;
    const append = store.append('s-1', 'any', [anEvent()]).then(() => {
      acknowledged = true;
    });
    let known = false;
    while (!known) {
      known = acknowledged;
      const head = await reader.head();
      if (known) expect(head).not.toBeNull();
    }
    await append;
    expect(await reader.head()).toBe(await store.head());
    await cleanup();
  });

  it('keeps an append that comes too late from harming its neighbours', async () => {
    const { open, cleanup } = await aDirectory();
    const { store } = await open(slow);
    await store.append('s-1', 'no-stream', [anEvent()]);
    const [one, two] = [anEvent(), anEvent()];
    const outcomes = await Promise.allSettled([
      store.append('s-2', 'no-stream', [one]),
      store.append('s-1', 'no-stream', someEvents(3)),
      store.append('s-1', 0n, [two]),
      store.append('s-1', 0n, [anEvent()]),
      store.append('s-1', 0n, [two]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    const late = outcomes[3];
    expect(late?.status === 'rejected' && late.reason).toBeInstanceOf(WrongExpectedRevision);
    expect((await store.statistics()).commits).toBe(2);
    const read = await collected(store.readAll({ direction: 'forwards' }));
    expect(idsOf(read.slice(1))).toEqual(idsOf([one, two]));
    await cleanup();
  });

  it('moves the WAL into the file between batches, so that it does not grow without end', async () => {
    const { directory, open, cleanup } = await aDirectory();
    const { store } = await open();
    const text = 'x'.repeat(2_000);
    for (let turn = 0; turn < 150; turn += 1)
      await store.append(
        's-1',
        'any',
        Array.from({ length: 200 }, () => anEvent({ text })),
      );
    const { size } = await stat(join(directory, 'log.db-wal'));
    expect((await store.statistics()).checkpoints).toBeGreaterThan(3);
    expect(size).toBeLessThan(25_000_000);
    await cleanup();
  });
});

describe('the gatherer', () => {
  it('bounds a batch and the queue, and keeps the order', async () => {
    const batches: (readonly number[])[] = [];
    const send = async (batch: readonly number[]): Promise<readonly number[]> => {
      batches.push(batch);
      await new Promise((resolve) => setImmediate(resolve));
      return batch;
    };
    const gatherer = new Gatherer({ send, batchMax: 2, queueMax: 5 });
    const pushed = [1, 2, 3, 4, 5].map((ask) => gatherer.push(ask));
    expect(await errorOf(gatherer.push(6))).toBeInstanceOf(StoreUnavailable);
    expect(await Promise.all(pushed)).toEqual([1, 2, 3, 4, 5]);
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
    expect(await gatherer.push(7)).toBe(7);
  });

  it('refuses a failed batch alone', async () => {
    const send = async (batch: readonly number[]): Promise<readonly number[]> => {
      if (batch.includes(1)) throw new Error('failed');
      return batch;
    };
    const gatherer = new Gatherer({ send, batchMax: 1, queueMax: 5 });
    const [one, two] = await Promise.allSettled([gatherer.push(1), gatherer.push(2)]);
    expect([one.status, two.status]).toEqual(['rejected', 'fulfilled']);
    await gatherer.drained();
  });
});
