import { describe, expect, it } from '@jest/globals';
import { comparePositions, type Position } from '#kernel';
import type { EventStore, Subscribed } from '../port.js';
import { anEvent, caughtUp, followed, freshPrefix, idsOf, someEvents } from './driver.js';

const APPENDS = 3_000;
const SUBSCRIBERS = 6;
const WRITERS = 40;

const startOf = (store: EventStore, after: Position | null, prefixes: readonly string[]) => {
  const abort = new AbortController();
  const subscription = store.subscribe({ after, prefixes, signal: abort.signal });
  return { abort, told: subscription[Symbol.asyncIterator]() };
};

/** Writers at once, each appending one event after the other. */
const written = async (store: EventStore, prefix: string, count: number): Promise<void> => {
  const writer = async (_: unknown, number: number): Promise<void> => {
    for (let turn = number; turn < count; turn += WRITERS)
      await store.append(`${prefix}${turn % 17}`, 'any', [anEvent({ turn })]);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
};

export const describeFollowing = (store: () => EventStore): void => {
  describe('following the log', () => {
    it('P6: passes from catch-up to live without a gap while others append', async () => {
      const prefix = freshPrefix();
      const after = await store().head();
      const writing = written(store(), prefix, APPENDS);
      const from = { after, prefixes: [prefix], count: APPENDS };
      const following = Array.from({ length: SUBSCRIBERS }, async (_, number) => {
        // Each begins at another moment of the writing.
        for (let turn = 0; turn < number * 20; turn += 1)
          await store().append(`other${prefix}`, 'any', [anEvent()]);
        return followed(store(), from);
      });
      const seen = await Promise.all(following);
      await writing;
      const [first = []] = seen;
      const positions = first.map(({ position }) => position);
      expect(new Set(positions).size).toBe(APPENDS);
      expect(positions).toEqual([...positions].sort());
      for (const other of seen) expect(idsOf(other)).toEqual(idsOf(first));
    });

    it('hands each event over as it comes, one wake-up after the other', async () => {
      const prefix = freshPrefix();
      const { abort, told } = startOf(store(), await store().head(), [prefix]);
      await caughtUp(told);
      for (const event of someEvents(200)) {
        const next = told.next();
        const { position } = await store().append(`${prefix}1`, 'any', [event]);
        expect(await next).toMatchObject({ value: { kind: 'event', event: { id: event.id } } });
        expect(comparePositions((await caughtUp(told)) ?? position, position)).not.toBe(-1);
      }
      abort.abort();
    });

    it('starts after a position, exclusively, and resumes where it was', async () => {
      const prefix = freshPrefix();
      const after = await store().head();
      const events = someEvents(5);
      await store().append(`${prefix}1`, 'no-stream', events);
      const two = await followed(store(), { after, prefixes: [prefix], count: 2 });
      const at = two[1]?.position ?? null;
      const rest = await followed(store(), { after: at, prefixes: [prefix], count: 3 });
      expect([...idsOf(two), ...idsOf(rest)]).toEqual(idsOf(events));
    });

    it('starts from the very beginning at null', async () => {
      const event = anEvent();
      const prefix = freshPrefix();
      await store().append(`${prefix}1`, 'any', [event]);
      const seen = await followed(store(), { after: null, prefixes: [prefix], count: 1 });
      expect(idsOf(seen)).toEqual([event.id]);
    });

    it('tells that it has caught up, with a position that covers what it left out', async () => {
      const prefix = freshPrefix();
      const { position } = await store().append(`other${prefix}`, 'any', someEvents(3));
      const { abort, told } = startOf(store(), null, [prefix]);
      const reached = await caughtUp(told);
      expect(comparePositions(reached ?? position, position)).not.toBe(-1);
      expect(reached).not.toBeNull();
      abort.abort();
    });

    it('tells of the types that it is asked for alone, and passes all others', async () => {
      const prefix = freshPrefix();
      const typed = (type: string) => ({ ...anEvent(), type });
      const [wanted, also] = [typed('Wanted'), typed('AlsoWanted')];
      const events = [wanted, typed('Other'), also, typed('wanted')];
      const { position } = await store().append(`${prefix}1`, 'any', events);
      const abort = new AbortController();
      const filter = { prefixes: [prefix], types: ['Wanted', 'AlsoWanted'] };
      const subscription = store().subscribe({ after: null, ...filter, signal: abort.signal });
      const told = subscription[Symbol.asyncIterator]();
      expect(await told.next()).toMatchObject({ value: { event: { id: wanted.id } } });
      expect(await told.next()).toMatchObject({ value: { event: { id: also.id } } });
      const next: IteratorResult<Subscribed, undefined> = await told.next();
      const reached = next.value?.kind === 'caught-up' ? next.value.position : null;
      expect(reached && comparePositions(reached, position)).not.toBe(-1);
      expect(reached).not.toBeNull();
      abort.abort();
    });

    it('sees every stream when it is given no prefix', async () => {
      const after = await store().head();
      const events = someEvents(2);
      for (const event of events) await store().append(`${freshPrefix()}1`, 'any', [event]);
      const seen = await followed(store(), { after, prefixes: [], count: 2 });
      expect(idsOf(seen)).toEqual(idsOf(events));
    });
  });

  describeEnding(store);
};

const describeEnding = (store: () => EventStore): void => {
  describe('the end of a subscription', () => {
    it('comes quietly when the signal aborts while it waits', async () => {
      const { abort, told } = startOf(store(), await store().head(), [freshPrefix()]);
      await caughtUp(told);
      const next = told.next();
      abort.abort();
      expect(await next).toEqual({ done: true, value: undefined });
    });

    it('comes at once when the signal has aborted before', async () => {
      const { abort, told } = startOf(store(), null, []);
      abort.abort();
      expect(await told.next()).toEqual({ done: true, value: undefined });
    });

    it('comes in the middle of a page', async () => {
      const prefix = freshPrefix();
      await store().append(`${prefix}1`, 'any', someEvents(50));
      const { abort, told } = startOf(store(), null, [prefix]);
      await told.next();
      abort.abort();
      expect(await told.next()).toEqual({ done: true, value: undefined });
    });

    it('comes promptly on return(), also while it waits', async () => {
      const { told } = startOf(store(), await store().head(), [freshPrefix()]);
      await caughtUp(told);
      const next = told.next();
      await told.return?.();
      expect(await next).toEqual({ done: true, value: undefined });
      expect(await told.next()).toEqual({ done: true, value: undefined });
    });
  });
};
