import { randomUUID } from 'node:crypto';
import { eventId, type JsonObject, type Position } from '#kernel';
import type { EventStore, EventToAppend, StoredEvent, Subscribed } from '../port.js';

const POLLS_MAX = 500;
const POLL_MS = 10;

/** An event to append with a fresh id. */
export const anEvent = (data: JsonObject = {}, type = 'SomethingHappened'): EventToAppend => ({
  id: eventId(randomUUID()),
  type,
  data,
  metadata: { organisationId: 'acme' },
});

export const someEvents = (count: number): readonly EventToAppend[] =>
  Array.from({ length: count }, (_, number) => anEvent({ number }));

/** A stream prefix that no other test has: the log may be shared. */
export const freshPrefix = (): string => `s${randomUUID().replaceAll('-', '')}-`;

export const collected = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

export const idsOf = (events: readonly { readonly id: string }[]): readonly string[] =>
  events.map(({ id }) => id);

/** The error that a promise is rejected with; fails when it is not. */
export const errorOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('this was expected to be refused');
};

/** Waits until a condition holds; never a fixed time. */
export const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error('what was waited for did not come');
};

/** Follows the log from `after` until it has seen `count` events. */
export const followed = async (
  store: EventStore,
  options: {
    readonly after: Position | null;
    readonly prefixes: readonly string[];
    readonly count: number;
  },
): Promise<readonly StoredEvent[]> => {
  const seen: StoredEvent[] = [];
  const { signal } = new AbortController();
  for await (const told of store.subscribe({ ...options, signal })) {
    if (told.kind === 'event') seen.push(told.event);
    if (seen.length >= options.count) break;
  }
  return seen;
};

/** The first thing told that is not an event. */
export const caughtUp = async (told: AsyncIterator<Subscribed>): Promise<Position | null> => {
  for (let next = await told.next(); !next.done; next = await told.next())
    if (next.value.kind === 'caught-up') return next.value.position;
  throw new Error('the subscription ended before it caught up');
};
