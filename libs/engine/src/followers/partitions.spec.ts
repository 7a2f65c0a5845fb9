import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { positionAt } from '#kernel/spec';
import { CommitSequence } from './commit-sequence.js';
import { Heap } from './heap.js';
import { PartitionedWork, type PartitionLimits } from './partitioned-work.js';

type Piece = { readonly key: string; readonly number: number };

describe('partitioned work', () => {
  it('does the items of a key one at a time and in order, whatever takes how long', async () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(keys, fc.scheduler(), async (order, scheduler) => {
        const done: Piece[] = [];
        const running = new Set<string>();
        const work = new PartitionedWork<Piece>(
          async (piece) => {
            expect(running.has(piece.key)).toBe(false);
            running.add(piece.key);
            expect(running.size).toBeLessThanOrEqual(2);
            await scheduler.schedule(Promise.resolve());
            running.delete(piece.key);
            done.push(piece);
          },
          { keysAtOnce: 2, itemsInFlight: 1 },
        );
        const pieces = order.map((key, number) => ({ key, number }));
        for (const piece of pieces) work.add(piece);
        await scheduler.waitFor(work.room());
        expect(done).toHaveLength(pieces.length);
        for (const key of ['a', 'b', 'c'])
          expect(done.filter((piece) => piece.key === key)).toEqual(
            pieces.filter((piece) => piece.key === key),
          );
      }),
      { numRuns: 100 },
    );
  });

  it('has room up to its limit, and begins nothing once it is stopped', async () => {
    const begun: number[] = [];
    let finish: () => void = () => {};
    const work = new PartitionedWork<Piece>(
      ({ number }) => {
        begun.push(number);
        return new Promise((resolve) => (finish = resolve));
      },
      { keysAtOnce: 1, itemsInFlight: 2 },
    );
    work.add({ key: 'a', number: 1 });
    await work.room();
    work.add({ key: 'b', number: 2 });
    let isRoom = false;
    void work.room().then(() => (isRoom = true));
    await Promise.resolve();
    expect(isRoom).toBe(false);
    const stopped = work.stop();
    finish();
    await stopped;
    expect(isRoom).toBe(true);
    expect(begun).toEqual([1]);
  });
});

describe('work that comes back', () => {
  const held = (limits: PartitionLimits) => {
    const begun: string[] = [];
    const finish: (() => void)[] = [];
    const work = new PartitionedWork<Piece>(({ key, number }) => {
      begun.push(`${key}${number}`);
      return new Promise((resolve) => finish.push(resolve));
    }, limits);
    /** All that may begin once what has begun is done, until nothing is left. */
    const doAll = async () => {
      for (let next = finish.shift(); next; next = finish.shift()) {
        next();
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    return { begun, work, doAll };
  };

  it('F24: takes no room from what is new', async () => {
    const { work, doAll } = held({ keysAtOnce: 1, itemsInFlight: 2 });
    for (let number = 0; number < 9; number += 1) work.addAgain({ key: `${number}`, number });
    work.add({ key: 'a', number: 1 });
    await work.room();
    expect(work.size).toBe(10);
    await doAll();
    expect(work.size).toBe(0);
    await work.room();
  });

  it('F24: takes turns with what is new, and stays in the order of its key', async () => {
    const { begun, work, doAll } = held({ keysAtOnce: 1, itemsInFlight: 9 });
    work.add({ key: 'a', number: 1 });
    for (const number of [1, 2, 3]) work.addAgain({ key: `x${number}`, number });
    work.addAgain({ key: 'a', number: 2 });
    for (const number of [1, 2]) work.add({ key: `n${number}`, number });
    work.add({ key: 'a', number: 3 });
    await doAll();
    expect(begun).toEqual(['a1', 'x11', 'n11', 'x22', 'n22', 'x33', 'a2', 'a3']);
  });
});

describe('a commit sequence', () => {
  it('never passes an event of which a part is unfinished, and passes all once none is', () => {
    const finishing = fc
      .array(fc.nat(2), { minLength: 1, maxLength: 30 })
      .chain((parts) =>
        fc.tuple(
          fc.constant(parts),
          fc.shuffledSubarray(parts.flatMap((count, event) => Array<number>(count).fill(event))),
        ),
      );
    fc.assert(
      fc.property(finishing, ([parts, order]) => {
        const sequence = new CommitSequence(null);
        const open = [...parts];
        const finish = parts.map((count, event) => sequence.begin(positionAt(event + 1), count));
        for (const event of order) {
          finish[event]?.();
          open[event] = (open[event] ?? 0) - 1;
          const first = open.findIndex((count) => count > 0);
          const passed = first === -1 ? parts.length : first;
          expect(sequence.committed).toBe(passed === 0 ? null : positionAt(passed));
          expect(sequence.pending).toBe(parts.length - passed);
        }
      }),
    );
  });
});

describe('a heap', () => {
  it('gives back what was put in, the smallest first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 })), (numbers) => {
        const heap = new Heap<number>();
        for (const number of numbers) heap.push(number, number);
        const popped = numbers.map(() => heap.pop());
        expect(popped).toEqual(numbers.toSorted((a, b) => a - b));
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });
});
