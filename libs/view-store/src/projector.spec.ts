import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  record as recordOf,
  string,
  type Arbitrary,
} from 'fast-check';
import type { Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { digest } from './digest.js';
import { Fold, type ParkedRow } from './fold.js';
import type { ViewStore } from './port.js';
import { Projector } from './projector.js';
import {
  nobody,
  poison,
  sampleHistory,
  sampleLog,
  sampleReadModel,
  type SampleFact,
} from './spec/sample-history.js';
import { viewPlaces } from './spec/view-places.js';

const readModel = sampleReadModel;
const longMs = 60_000;

type Running = {
  readonly projector: Projector;
  readonly views: ViewStore;
  readonly parked: ParkedRow[];
  readonly faults: unknown[];
};

const projecting = (log: EventLog, views: ViewStore): Running => {
  const parked: ParkedRow[] = [];
  const faults: unknown[] = [];
  const projector = new Projector({
    log,
    views,
    readModel,
    onParked: (row) => parked.push(row),
    onFault: (error) => faults.push(error),
  });
  projector.start();
  return { projector, views, parked, faults };
};

const shown = async (log: EventLog, views: ViewStore): Promise<void> => {
  const head = await log.head();
  expect(head === null || (await views.reached(head, longMs))).toBe(true);
};

const written = (stream: string, text: string): SampleFact => ({
  stream,
  fact: { type: 'NoteWritten', data: { author: 'ann', text } },
});
const liked = (stream: string, by: string): SampleFact => ({
  stream,
  fact: { type: 'NoteLiked', data: { by } },
});

const anyFact: Arbitrary<SampleFact> = recordOf({
  stream: constantFrom('note-1', 'note-2', 'note-3', 'other-1'),
  fact: oneof(
    { weight: 4, arbitrary: noteWritten() },
    {
      weight: 4,
      arbitrary: constantFrom('x', 'y', nobody).map((by) => liked('', by).fact),
    },
    { weight: 1, arbitrary: constant({ type: 'NoteRemoved', data: {} } as const) },
  ),
});
function noteWritten() {
  const text = oneof(
    string({ unit: 'binary', maxLength: 4 }),
    constantFrom('\0', 'a\0b', '\ud83d', '\ude00\ud83d', poison),
  );
  const author = constantFrom('ann', 'bob', '\ud83d', '\ud83c\0');
  return recordOf({ author, text }).map((data) => ({ type: 'NoteWritten', data }) as const);
}

const silence = (signal: AbortSignal): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({
    next: () =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ done: true, value: undefined })),
      ),
  }),
});

describe.each(viewPlaces)('on $name', (place) => {
  beforeAll(place.start);
  afterAll(place.stop);

  const withViews = <T>(work: (views: ViewStore) => Promise<T>): Promise<T> =>
    place.within(async (open) => work(await open(readModel)));

  describe('the projector', () => {
    it('shows each fact as soon as it is on the log', () =>
      withViews(async (views) => {
        const { log, record } = sampleLog();
        const { projector, faults } = projecting(log, views);
        expect(await projector.caughtUp()).toBe(true);
        for (let likes = 0; likes < 20; likes += 1) {
          await record([likes === 0 ? written('note-1', 'hello') : liked('note-1', 'ann')]);
          await shown(log, views);
          const rows = await views.all.query('SELECT text, likes FROM notes', []);
          expect(rows).toEqual([{ text: 'hello', likes }]);
        }
        await projector.stop();
        expect(faults).toEqual([]);
      }));

    it('passes on the end of the log when nobody projects what stands there', () =>
      withViews(async (views) => {
        const { log, record } = sampleLog();
        const { projector } = projecting(log, views);
        await record([written('note-1', 'hello'), written('other-1', 'unseen')]);
        await shown(log, views);
        expect(views.position()).toBe(await log.head());
        expect(await views.all.query('SELECT note FROM notes', [])).toEqual([{ note: 'note-1' }]);
        await projector.stop();
      }));

    it('goes on after a restart where it stopped', () =>
      withViews(async (views) => {
        const { log, record } = sampleLog();
        const first = projecting(log, views);
        await record([written('note-1', 'hello'), liked('note-1', 'ann')]);
        await shown(log, views);
        await first.projector.stop();
        await record([liked('note-1', 'ann')]);
        expect(await views.all.query('SELECT likes FROM notes', [])).toEqual([{ likes: 1 }]);
        const second = projecting(log, views);
        await shown(log, views);
        expect(await views.all.query('SELECT likes FROM notes', [])).toEqual([{ likes: 2 }]);
        expect(await second.projector.caughtUp()).toBe(true);
        await second.projector.stop();
        expect(await second.projector.caughtUp()).toBe(true);
      }));

    it('P16: counts each fact once when two projectors work on one store', () =>
      place.within(async (open) => {
        const stores = [await open(readModel), await open(readModel)];
        const { log, record } = sampleLog();
        const running = stores.map((views) => projecting(log, views));
        for (let n = 0; n < 60; n += 1)
          await record([n === 0 ? written('note-1', 'hello') : liked('note-1', `liker-${n}`)]);
        for (const views of stores) {
          await shown(log, views);
          expect(await views.all.query('SELECT likes FROM notes', [])).toEqual([{ likes: 59 }]);
        }
        await Promise.all(running.map(({ projector }) => projector.stop()));
      }));

    it('opens the log anew when it fails, and misses nothing', () =>
      withViews(async (views) => {
        const { log, record } = sampleLog();
        let failures = 0;
        const failing: EventLog = {
          ...log,
          subscribe: async function* (options) {
            for await (const item of log.subscribe(options)) {
              yield item;
              if (item.kind === 'event' && failures < 3) {
                failures += 1;
                throw new Error('the line is down');
              }
            }
          },
        };
        const { projector, faults } = projecting(failing, views);
        await record([
          written('note-1', 'hello'),
          ...Array.from({ length: 9 }, () => liked('note-1', 'ann')),
        ]);
        await shown(log, views);
        expect(await views.all.query('SELECT likes FROM notes', [])).toEqual([{ likes: 9 }]);
        expect(faults.map(String)).toEqual(Array(3).fill('Error: the line is down'));
        await projector.stop();
      }));

    it('says that it was stopped before it had caught up', () =>
      withViews(async (views) => {
        const silent: EventLog = { ...sampleLog().log, subscribe: ({ signal }) => silence(signal) };
        const { projector } = projecting(silent, views);
        const caughtUp = projector.caughtUp();
        await projector.stop();
        expect(await caughtUp).toBe(false);
        expect(await projector.caughtUp()).toBe(false);
      }));
  });

  describe('a poisoned row', () => {
    it('P17: stands still alone and is on the list, while the others go on', () =>
      withViews(async (views) => {
        const { log, record } = sampleLog();
        const { projector, parked } = projecting(log, views);
        await record([written('note-1', 'one'), written('note-2', 'two')]);
        await record([written('note-1', poison), liked('note-1', 'ann'), liked('note-2', 'ann')]);
        await shown(log, views);
        expect(
          await views.all.query('SELECT note, text, likes FROM notes ORDER BY note', []),
        ).toEqual([
          { note: 'note-1', text: 'one', likes: 0 },
          { note: 'note-2', text: 'two', likes: 1 },
        ]);
        expect(await views.all.query('SELECT notes FROM authors', [])).toEqual([{ notes: 3 }]);
        expect(parked.map(({ projection, key }) => [projection, key])).toEqual([
          ['notes', 'note-1'],
        ]);
        const list = 'SELECT projection, row_key, type, stream, reason FROM parked_rows';
        expect(await views.all.query(list, [])).toEqual([
          {
            projection: 'notes',
            row_key: 'note-1',
            type: 'NoteWritten',
            stream: 'note-1',
            reason: 'TypeError: this note cannot be read',
          },
        ]);
        await projector.stop();
      }));

    it('P17: stands still after a restart too', () =>
      withViews(async (views) => {
        const { log, record } = sampleLog();
        await record([written('note-1', 'one'), written('note-1', poison)]);
        const first = projecting(log, views);
        await shown(log, views);
        await first.projector.stop();
        await record([liked('note-1', 'ann'), liked('note-1', 'ann')]);
        const second = projecting(log, views);
        await shown(log, views);
        expect(await views.all.query('SELECT likes FROM notes', [])).toEqual([{ likes: 0 }]);
        expect(second.parked).toEqual([]);
        await second.projector.stop();
      }));

    it('P17: a fact of which nobody can say whose row it is stops no row', () =>
      withViews(async (views) => {
        const { log, record } = sampleLog();
        await record([liked('note-1', nobody), liked('note-1', 'ann')]);
        const { projector } = projecting(log, views);
        await shown(log, views);
        expect(await views.all.query('SELECT likes FROM likers ORDER BY liker', [])).toEqual([
          { likes: 1 },
          { likes: 1 },
        ]);
        // The message may quote the fact, so only the kind of error is kept.
        const list = 'SELECT projection, reason FROM parked_rows';
        expect(await views.all.query(list, [])).toEqual([
          { projection: 'likers', reason: 'Error' },
        ]);
        await projector.stop();
      }));
  });

  /** Commits the history in batches of the sizes given, over and over, with few rows in memory. */
  const committedIn = (
    facts: readonly SampleFact[],
    sizes: readonly number[],
    keptRows: number,
  ): Promise<unknown> =>
    withViews(async (views) => {
      const { log, record } = sampleLog();
      await record(facts);
      const fold = new Fold({
        readModel,
        read: (table, keys) => views.rows(table, keys),
        onParked: () => undefined,
        startsEmpty: true,
      });
      const events: Recorded[] = [];
      for await (const event of log.readAll({ direction: 'forwards' })) events.push(event);
      for (let turn = 0; events.length > 0; turn += 1) {
        const batch = events.splice(0, sizes[turn % sizes.length]);
        await fold.apply(batch);
        const position = batch.at(-1)?.position;
        if (position === undefined) break;
        await views.commit({ after: views.position(), position, changes: fold.changes() });
        fold.committed(keptRows);
      }
      return digest(views.all, readModel);
    });

  describe('a batch', () => {
    it('P15: gives the rows that its events give one by one, however a history is split', () =>
      assert(
        asyncProperty(
          array(anyFact, { minLength: 1, maxLength: 40 }),
          array(integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
          nat(3),
          async (facts, sizes, keptRows) => {
            const split = await committedIn(facts, sizes, keptRows);
            expect(split).toEqual(await committedIn(facts, [1], 0));
          },
        ),
        { numRuns: 10 },
      ));

    it('P15: gives the rows of a long history, whatever its size', async () => {
      const facts = sampleHistory(800, 40);
      const oneByOne = await committedIn(facts, [1], 0);
      expect(await committedIn(facts, [1_000], 2_000)).toEqual(oneByOne);
      expect(await committedIn(facts, [17, 200], 10)).toEqual(oneByOne);
    });
  });
});
