import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comparePositions, type Position, type Recorded } from '#kernel';
import {
  createEventLog,
  createMemoryEventStore,
  createMemoryKeyRing,
  type EventLog,
} from '#event-store';
import { decisionLimits } from './deciding/limits.js';
import { Decisions } from './decisions.js';
import { LiveTail, type TailLimits } from './live-tail.js';
import { contextFor, guestCatalogue, guestList } from './spec/guest-list.js';
import { SystemChance } from './system/system-chance.js';
import { SystemClock } from './system/system-clock.js';
import { SystemTimer } from './system/system-timer.js';

/** Guests of two lists; the tail follows the first alone. */
const party = () => {
  const log = createEventLog({
    store: createMemoryEventStore({ clock: () => 0 }),
    keys: createMemoryKeyRing(),
    catalogues: [guestCatalogue],
  });
  const decisions = new Decisions({
    log,
    clock: new SystemClock(),
    chance: new SystemChance(),
    timer: new SystemTimer(),
    versionOf: () => 1,
    limits: decisionLimits,
  });
  let guests = 0;
  const enter = async (lists: readonly string[]): Promise<void> => {
    for (const list of lists) {
      const name = `guest${(guests += 1)}`;
      await decisions.run(guestList, list, { name }, contextFor(name));
    }
  };
  return { log, enter };
};

const everyone = async (log: EventLog): Promise<readonly Recorded[]> => {
  const all: Recorded[] = [];
  for await (const event of log.readAll({ direction: 'forwards' })) all.push(event);
  return all;
};

const tailOf = (log: EventLog, limits: TailLimits): LiveTail =>
  new LiveTail(log, new SystemTimer(), ['guests-1'], limits);

const isAfter = (position: Position, other: Position | null): boolean =>
  other === null || comparePositions(position, other) > 0;

describe('the newest facts', () => {
  const lists = fc.array(fc.constantFrom('1', '1', '2'), { maxLength: 20 });
  const sizes: fc.Arbitrary<TailLimits> = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
    .map(([factsMin, more]) => ({ factsMin, factsMax: factsMin + more }));

  it('are told after any place, all of them and in order, or it is said that the ring ends', async () => {
    await fc.assert(
      fc.asyncProperty(lists, lists, sizes, async (earlier, later, limits) => {
        const { log, enter } = party();
        await enter(earlier);
        const begins = await log.head();
        const tail = tailOf(log, limits);
        await tail.start();
        await enter([...later, '1']);
        const all = await everyone(log);
        const followed = all.filter(({ stream }) => stream === 'guests-1');
        const last = followed.at(-1)?.position ?? null;
        const before = followed.at(-2)?.position ?? null;
        expect(await tail.beyond(before ?? begins, new AbortController().signal)).toBe(true);
        expect(tail.newest()).toBe(last);
        const oldest = tail.reachesBackFrom();
        for (const place of [null, ...all.map(({ position }) => position)]) {
          const expected = followed.filter(({ position }) => isAfter(position, place));
          const reaches = oldest === null || (place !== null && !isAfter(oldest, place));
          expect(tail.after(place, Infinity)).toEqual(reaches ? expected : null);
          if (reaches) expect(tail.after(place, 2)).toEqual(expected.slice(0, 2));
          const isLive = place !== null && (begins === null || !isAfter(begins, place));
          if (isLive && expected.length <= limits.factsMin) expect(reaches).toBe(true);
        }
        const kept = tail.after(oldest, Infinity);
        expect(kept?.length).toBeLessThan(limits.factsMax);
        await tail.stop();
      }),
      { numRuns: 200 },
    );
  });

  it('are waited for, until the listener goes or the tail stops', async () => {
    const { log, enter } = party();
    await enter(['1']);
    const tail = tailOf(log, { factsMin: 2, factsMax: 4 });
    await tail.start();
    const here = tail.newest();
    const goes = new AbortController();
    const waits = tail.beyond(here, new AbortController().signal);
    const leaves = tail.beyond(here, goes.signal);
    expect(tail.listeners).toBe(2);
    goes.abort();
    expect(await leaves).toBe(false);
    expect(tail.listeners).toBe(1);
    await enter(['2', '1']);
    expect(await waits).toBe(true);
    const stays = tail.beyond(tail.newest(), new AbortController().signal);
    await tail.stop();
    expect(await stays).toBe(false);
    expect(tail.listeners).toBe(0);
  });
});
