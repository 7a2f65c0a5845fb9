import { describe, expect, it } from '@jest/globals';
import { comparePositions, type Position } from '#kernel';
import {
  StoreUnavailable,
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type StoredEvent,
} from '../port.js';
import { collected, errorOf, freshPrefix, idsOf, someEvents } from './driver.js';
import type { OpenedStore, OpenStore } from './opened-store.js';

const EVENTS = 1_500;
const APPENDS = 150;
const WRITERS = 4;
const SETTINGS = 60;
/** The log goes after so much of the work. */
const BEFORE = 40;
const TRIES_MAX = 2_000;
const TRY_MS = 10;

/** A log that goes away once, and whoever goes on with what was interrupted. */
class Line {
  #store: EventStore;
  #interruption: Promise<void> | null = null;
  #steps = 0;

  constructor(private readonly opened: OpenedStore) {
    this.#store = opened.store;
  }

  get store(): EventStore {
    return this.#store;
  }

  /** Counts the work; after some of it the log goes, while the work goes on. */
  step(): void {
    this.#steps += 1;
    if (this.#steps >= BEFORE) this.#interruption ??= this.#interrupted();
  }

  async #interrupted(): Promise<void> {
    if (this.opened.interrupt !== undefined) this.#store = await this.opened.interrupt();
  }

  /** Asks again, and again, while the log is away. */
  async persistently<T>(ask: (store: EventStore) => Promise<T>): Promise<T> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1)
      try {
        return await ask(this.store);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, TRY_MS));
      }
    throw new Error('the log has not come back');
  }

  /** The log went in the middle, and is back. */
  async back(): Promise<void> {
    expect(this.#interruption).not.toBeNull();
    await this.#interruption;
  }
}

const interrupted = async (open: OpenStore, work: (line: Line) => Promise<void>): Promise<void> => {
  const opened = await open();
  try {
    await work(new Line(opened));
  } finally {
    await opened.cleanup();
  }
};

/** All that is read; taken up after the last that was seen when the log goes. */
const readOn = async (
  line: Line,
  read: (store: EventStore, last: StoredEvent | undefined) => AsyncIterable<StoredEvent>,
): Promise<readonly StoredEvent[]> => {
  const seen: StoredEvent[] = [];
  await line.persistently(async (store) => {
    for await (const event of read(store, seen.at(-1))) {
      seen.push(event);
      line.step();
    }
  });
  await line.back();
  return seen;
};

/** One event after the other, each at the revision that the one before was given. */
const written = async (line: Line, stream: string): Promise<readonly Appended[]> => {
  const answers: Appended[] = [];
  let expected: ExpectedRevision = 'no-stream';
  for (const event of someEvents(APPENDS)) {
    const at: ExpectedRevision = expected;
    const answer: Appended = await line.persistently((store) => store.append(stream, at, [event]));
    answers.push(answer);
    expected = answer.revision;
    line.step();
  }
  return answers;
};

export const describeInterrupting = (open: OpenStore): void => {
  describe('while the log goes away and comes back', () => {
    it('P4: an append is made once, in its order, and answered with its place', () =>
      interrupted(open, async (line) => {
        const streams = Array.from({ length: WRITERS }, () => `${freshPrefix()}1`);
        const answers = await Promise.all(streams.map((stream) => written(line, stream)));
        await line.back();
        for (const [index, stream] of streams.entries()) {
          const read = await collected(line.store.readStream(stream, { direction: 'forwards' }));
          expect(read.map(({ data }) => data)).toEqual(someEvents(APPENDS).map(({ data }) => data));
          expect(answers[index]).toEqual(
            read.map(({ revision, position }) => ({ revision, position })),
          );
        }
      }));

    it.each(['forwards', 'backwards'] as const)('a stream is read on, %s', (direction) =>
      interrupted(open, async (line) => {
        const stream = `${freshPrefix()}1`;
        const events = someEvents(EVENTS);
        await line.store.append(stream, 'no-stream', events);
        const isForwards = direction === 'forwards';
        const seen = await readOn(line, (store, last) =>
          store.readStream(stream, {
            direction,
            ...(last === undefined ? {} : { from: last.revision + (isForwards ? 1n : -1n) }),
          }),
        );
        expect(idsOf(seen)).toEqual(isForwards ? idsOf(events) : idsOf(events).toReversed());
      }),
    );

    it.each(['forwards', 'backwards'] as const)('all streams are read on, %s', (direction) =>
      interrupted(open, async (line) => {
        const prefix = freshPrefix();
        const events = someEvents(EVENTS);
        for (let from = 0; from < EVENTS; from += 100)
          await line.store.append(`${prefix}${from % 7}`, 'any', events.slice(from, from + 100));
        const seen = await readOn(line, (store, last) =>
          store.readAll({
            direction,
            prefixes: [prefix],
            ...(last === undefined ? {} : { after: last.position }),
          }),
        );
        const ids = idsOf(events);
        expect(idsOf(seen)).toEqual(direction === 'forwards' ? ids : ids.toReversed());
      }),
    );

    it('P6: a follower is told of everything once, in its order, and that it has caught up', () =>
      interrupted(open, async (line) => {
        const stream = `${freshPrefix()}1`;
        const from = await line.store.head();
        const following = followedOn(line, stream, from);
        const answers = await written(line, stream);
        await line.back();
        const seen = await following;
        expect(seen.map(({ position }) => position)).toEqual(
          answers.map(({ position }) => position),
        );
      }));

    it('limits and deletions are kept', () =>
      interrupted(open, async (line) => {
        const [limited, soft, gone] = Array.from({ length: 3 }, () => `${freshPrefix()}1`) as [
          string,
          string,
          string,
        ];
        for (let maxCount = 1; maxCount <= SETTINGS; maxCount += 1) {
          await line.persistently((store) => store.setStreamMetadata(limited, { maxCount }));
          const kept = await line.persistently((store) => store.getStreamMetadata(limited));
          expect(kept).toEqual({ maxCount });
          await line.persistently((store) => store.deleteStream(soft, 'soft'));
          await line.persistently((store) => store.deleteStream(gone, 'tombstone'));
          line.step();
        }
        await line.back();
        const append = line.store.append(gone, 'any', someEvents(1));
        expect(await errorOf(append)).toMatchObject({ name: 'StreamDeleted' });
      }));

    it('its epoch and its head stay', () =>
      interrupted(open, async (line) => {
        const stream = `${freshPrefix()}1`;
        const epoch = await line.store.epoch();
        const { position } = await line.store.append(stream, 'any', someEvents(2));
        for (let turn = 0; turn < SETTINGS; turn += 1) {
          expect(await line.persistently((store) => store.head())).toBe(position);
          line.step();
        }
        await line.back();
        expect(await line.store.epoch()).toBe(epoch);
      }));
  });
};

/** Follows until everything has been seen and the end was told beyond it. */
const followedOn = async (
  line: Line,
  stream: string,
  from: Position | null,
): Promise<readonly StoredEvent[]> => {
  const seen: StoredEvent[] = [];
  const { signal } = new AbortController();
  await line.persistently(async (store) => {
    const after = seen.at(-1)?.position ?? from;
    for await (const told of store.subscribe({ after, prefixes: [stream], signal })) {
      if (told.kind === 'event') seen.push(told.event);
      const last = seen.at(-1);
      const isAtEnd = told.kind === 'caught-up' && told.position !== null;
      if (last === undefined || !isAtEnd || seen.length < APPENDS) continue;
      if (comparePositions(told.position ?? last.position, last.position) >= 0) return;
    }
  });
  return seen;
};
