import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comparePositions } from '#kernel';
import {
  WrongExpectedRevision,
  type Appended,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
} from '../port.js';
import { collected, freshPrefix, idsOf, someEvents } from './driver.js';

const RUNS = 60;
/** How often a writer who came too late reads where the stream is and tries again. */
const TURNS_MAX = 3;
const WRITERS = 32;
const CLAIMS = 5;

type Wish = {
  readonly stream: number;
  readonly count: number;
  readonly expects: 'what it knows' | 'any';
  /** How many times the same append is made at once, as a caller does who has heard nothing. */
  readonly copies: number;
};

const wishes: fc.Arbitrary<readonly Wish[]> = fc.array(
  fc.record({
    stream: fc.nat(1),
    count: fc.integer({ min: 1, max: 3 }),
    expects: fc.constantFrom('what it knows', 'what it knows', 'what it knows', 'any'),
    copies: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 6 },
);

/** An append that was acknowledged, and how it was asked for. */
type Acknowledged = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventToAppend[];
  readonly answer: Appended;
};

type Race = {
  readonly store: EventStore;
  readonly prefix: string;
  /** Until the scheduler gives the turn. */
  readonly turn: () => Promise<unknown>;
  readonly acknowledged: Acknowledged[];
};

/** The same append, several times at once: all get the same answer, or all come too late. */
const appended = async (
  { store, turn }: Race,
  copies: number,
  append: Omit<Acknowledged, 'answer'>,
): Promise<Appended | WrongExpectedRevision> => {
  const { stream, expected, events } = append;
  const outcomes = await Promise.allSettled(
    Array.from({ length: copies }, async () => {
      await turn();
      return store.append(stream, expected, events);
    }),
  );
  const answers = outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error),
  );
  const [answer] = answers;
  if (answer === undefined) throw new Error('an append has no answer');
  if (!(answer instanceof Error)) {
    for (const other of answers) expect(other).toEqual(answer);
    return answer;
  }
  for (const other of answers) expect(other).toBeInstanceOf(WrongExpectedRevision);
  if (!(answer instanceof WrongExpectedRevision)) throw answer;
  return answer;
};

/** Wishes one after the other. What the writer knows of a stream is what it was last told. */
const writer = async (race: Race, wished: readonly Wish[]): Promise<void> => {
  const known = new Map<string, ExpectedRevision>();
  for (const { stream: number, count, expects, copies } of wished) {
    const stream = `${race.prefix}${number}`;
    const events = someEvents(count);
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      const expected = expects === 'any' ? 'any' : (known.get(stream) ?? 'no-stream');
      // Only at an exact revision may an append be repeated while others write.
      const times = expects === 'any' ? 1 : copies;
      const answer = await appended(race, times, { stream, expected, events });
      if (answer instanceof WrongExpectedRevision) {
        expect(answer.actual).not.toBeNull();
        expect(answer.actual).not.toBe(expected);
        known.set(stream, answer.actual ?? 'no-stream');
        continue;
      }
      if (typeof expected === 'bigint')
        expect(answer.revision).toBe(expected + BigInt(events.length));
      known.set(stream, answer.revision);
      race.acknowledged.push({ stream, expected, events, answer });
      break;
    }
  }
};

const standing = async ({ store, prefix }: Race) =>
  collected(store.readAll({ direction: 'forwards', prefixes: [prefix] }));

const checked = async (race: Race): Promise<void> => {
  const { store, acknowledged, prefix } = race;
  const all = await standing(race);
  for (const [index, { position }] of all.slice(1).entries())
    expect(comparePositions(position, all[index]?.position ?? position)).toBe(1);
  for (const stream of [0, 1].map((number) => `${prefix}${number}`)) {
    const read = await collected(store.readStream(stream, { direction: 'forwards' }));
    expect(read.map(({ revision }) => revision)).toEqual(read.map((_, index) => BigInt(index)));
    expect(idsOf(read)).toEqual(idsOf(all.filter((event) => event.stream === stream)));
    // Nothing that was acknowledged is lost or cut in two, and nothing else stands.
    const told = acknowledged
      .filter((each) => each.stream === stream)
      .toSorted((one, other) => Number(one.answer.revision - other.answer.revision));
    expect(told.flatMap(({ events }) => idsOf(events))).toEqual(idsOf(read));
    for (const { answer } of told)
      expect(read[Number(answer.revision)]).toMatchObject({ position: answer.position });
  }
};

/** The answer, or where the stream was for who came too late. */
const answered = async (
  store: EventStore,
  { stream, expected, events }: Omit<Acknowledged, 'answer'>,
): Promise<Appended | WrongExpectedRevision> => {
  try {
    return await store.append(stream, expected, events);
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return error;
    throw error;
  }
};

/** Appends one event after the other at the revision that it was last told, however often in vain. */
const claimed = async (store: EventStore, stream: string): Promise<readonly Acknowledged[]> => {
  const done: Acknowledged[] = [];
  let expected: ExpectedRevision = 'no-stream';
  for (const event of someEvents(CLAIMS))
    for (let isDone = false; !isDone;) {
      const append: Omit<Acknowledged, 'answer'> = { stream, expected, events: [event] };
      const answer = await answered(store, append);
      isDone = !(answer instanceof WrongExpectedRevision);
      if (answer instanceof WrongExpectedRevision) {
        expected = answer.actual ?? 'no-stream';
        continue;
      }
      done.push({ ...append, answer });
      expected = answer.revision;
    }
  return done;
};

export const describeRacing = (store: () => EventStore): void => {
  describe('whatever writers do at once', () => {
    it('P5: each of 32 writers of one stream gets its revisions, none of them twice', async () => {
      const stream = `${freshPrefix()}1`;
      const writers = Array.from({ length: WRITERS }, () => claimed(store(), stream));
      const done = (await Promise.all(writers)).flat();
      const inOrder = done.toSorted((a, b) => Number(a.answer.revision - b.answer.revision));
      const read = await collected(store().readStream(stream, { direction: 'forwards' }));
      expect(inOrder.flatMap(({ events }) => idsOf(events))).toEqual(idsOf(read));
      expect(inOrder.map(({ answer }) => answer)).toEqual(
        read.map(({ revision, position }) => ({ revision, position })),
      );
      const repeats = inOrder.map(({ expected, events }) =>
        store().append(stream, expected, events),
      );
      expect(await Promise.all(repeats)).toEqual(inOrder.map(({ answer }) => answer));
    });

    it('P4, P5: one wins each revision, none is lost, and a repeat is answered as before', async () => {
      const writers = fc.array(wishes, { minLength: 2, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(writers, fc.scheduler(), async (wished, scheduler) => {
          const turn = () => scheduler.schedule(Promise.resolve());
          const race = { store: store(), prefix: freshPrefix(), turn, acknowledged: [] };
          const racing: Race = race;
          await scheduler.waitFor(Promise.all(wished.map((each) => writer(racing, each))));
          await checked(racing);
          const before = await standing(racing);
          for (const { stream, expected, events, answer } of racing.acknowledged)
            if (expected !== 'any')
              expect(await store().append(stream, expected, events)).toEqual(answer);
          expect(await standing(racing)).toEqual(before);
        }),
        { numRuns: RUNS },
      );
    });
  });
};
