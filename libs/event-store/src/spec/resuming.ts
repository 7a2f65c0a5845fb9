import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Position } from '#kernel';
import type { EventStore, StoredEvent } from '../port.js';
import { collected, followed, freshPrefix, idsOf, someEvents } from './driver.js';

const RUNS = 40;
const PAGES_MAX = 100;

/** Appends to one of three streams, so many events each. */
const appends = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 3 })), {
  minLength: 1,
  maxLength: 8,
});
type Appends = readonly (readonly [stream: number, count: number])[];

const written = async (store: EventStore, prefix: string, each: Appends): Promise<void> => {
  for (const [number, count] of each) {
    // Whoever follows may catch up before there is more.
    await nextTurn();
    await store.append(`${prefix}${number}`, 'any', someEvents(count));
  }
};

const countOf = (each: Appends): number => each.reduce((sum, [, count]) => sum + count, 0);

/** Takes a few, goes, and comes again with the place where it was. */
const inPieces = async (
  store: EventStore,
  from: { readonly after: Position | null; readonly prefixes: readonly string[] },
  of: { readonly pieces: readonly number[]; readonly count: number },
): Promise<readonly StoredEvent[]> => {
  const seen: StoredEvent[] = [];
  for (let turn = 0; seen.length < of.count; turn += 1) {
    const after = seen.at(-1)?.position ?? from.after;
    const piece = of.pieces[turn % of.pieces.length] ?? 1;
    const count = Math.min(piece, of.count - seen.length);
    seen.push(...(await followed(store, { ...from, after, count })));
  }
  return seen;
};

const inPages = async (
  page: (last: StoredEvent | undefined) => AsyncIterable<StoredEvent>,
): Promise<readonly StoredEvent[]> => {
  const all: StoredEvent[] = [];
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const next = await collected(page(all.at(-1)));
    if (next.length === 0) return all;
    all.push(...next);
  }
  throw new Error('the pages have no end');
};

export const describeResuming = (store: () => EventStore): void => {
  describe('from any place', () => {
    it('P6: a reader is told all after it once and in order, however often it comes again', async () => {
      const pieces = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(appends, appends, fc.nat(), pieces, async (past, coming, at, sizes) => {
          const prefix = freshPrefix();
          const prefixes = [prefix];
          const began = await store().head();
          await written(store(), prefix, past);
          const before = await collected(store().readAll({ direction: 'forwards', prefixes }));
          const index = at % (before.length + 1);
          const after = index === 0 ? began : (before[index - 1]?.position ?? began);
          const count = before.length - index + countOf(coming);
          const reading = inPieces(store(), { after, prefixes }, { pieces: sizes, count });
          await written(store(), prefix, coming);
          const all = await collected(store().readAll({ direction: 'forwards', prefixes }));
          expect(idsOf(await reading)).toEqual(idsOf(all.slice(index)));
        }),
        { numRuns: RUNS },
      );
    });

    it('pages of any size, put together, are the whole, in both directions', async () => {
      const sizes = fc.integer({ min: 1, max: 6 });
      await fc.assert(
        fc.asyncProperty(appends, sizes, async (past, maxCount) => {
          const prefix = freshPrefix();
          const prefixes = [prefix];
          await written(store(), prefix, past);
          const all = await collected(store().readAll({ direction: 'forwards', prefixes }));
          expect(all).toHaveLength(countOf(past));
          for (const direction of ['forwards', 'backwards'] as const) {
            const whole = direction === 'forwards' ? all : all.toReversed();
            const pages = await inPages((last) =>
              store().readAll({
                direction,
                prefixes,
                maxCount,
                ...(last ? { after: last.position } : {}),
              }),
            );
            expect(idsOf(pages)).toEqual(idsOf(whole));
          }
        }),
        { numRuns: RUNS },
      );
    });
  });
};
