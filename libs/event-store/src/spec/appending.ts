import { describe, expect, it } from '@jest/globals';
import { comparePositions } from '#kernel';
import { WrongExpectedRevision, type EventStore, type ExpectedRevision } from '../port.js';
import { anEvent, collected, errorOf, freshPrefix, idsOf, someEvents } from './driver.js';

const RACERS = 20;

const refused = async (append: Promise<unknown>): Promise<WrongExpectedRevision> => {
  const error = await errorOf(append);
  if (!(error instanceof WrongExpectedRevision)) throw error;
  return error;
};

const revisions = async (store: EventStore, stream: string): Promise<readonly string[]> =>
  idsOf(await collected(store.readStream(stream, { direction: 'forwards' })));

export const describeAppending = (store: () => EventStore): void => {
  describe('appending', () => {
    it('numbers the events of a stream from 0 and answers with the last', async () => {
      const stream = `${freshPrefix()}1`;
      expect(await store().append(stream, 'no-stream', [anEvent()])).toMatchObject({
        revision: 0n,
      });
      const answer = await store().append(stream, 0n, someEvents(3));
      const read = await collected(store().readStream(stream, { direction: 'forwards' }));
      expect(read.map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n]);
      expect(answer).toEqual({ revision: 3n, position: read[3]?.position });
    });

    it('gives back exactly what was appended', async () => {
      const stream = `${freshPrefix()}1`;
      const data = { text: 'ä\u0000"\n💬', list: [1, null, { deep: true }], number: 0.1 };
      const event = anEvent(data);
      await store().append(stream, 'no-stream', [event]);
      const [read] = await collected(store().readStream(stream, { direction: 'forwards' }));
      expect(read).toEqual({ ...event, stream, revision: 0n, position: read?.position });
    });

    it.each<[ExpectedRevision, number, bigint | null]>([
      ['no-stream', 2, 1n],
      [0n, 0, null],
      [0n, 2, 1n],
      [2n, 2, 1n],
    ])(
      'refuses %s on a stream of %d events and says where it is',
      async (expected, count, actual) => {
        const stream = `${freshPrefix()}1`;
        if (count > 0) await store().append(stream, 'any', someEvents(count));
        const refusal = await refused(store().append(stream, expected, [anEvent()]));
        expect(refusal).toMatchObject({ stream, expected, actual });
        expect(await revisions(store(), stream)).toHaveLength(count);
      },
    );

    it.each<ExpectedRevision>(['no-stream', 0n])(
      'P5: lets one of many that expect %s at once win, and tells the others where the stream is',
      async (expected) => {
        const stream = `${freshPrefix()}1`;
        if (expected !== 'no-stream') await store().append(stream, 'no-stream', [anEvent()]);
        const actual = expected === 'no-stream' ? 0n : 1n;
        const racers = Array.from({ length: RACERS }, () =>
          store().append(stream, expected, [anEvent()]),
        );
        const outcomes = await Promise.allSettled(racers);
        const lost = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason as Error] : []));
        expect(lost).toHaveLength(RACERS - 1);
        for (const error of lost) {
          expect(error).toBeInstanceOf(WrongExpectedRevision);
          expect(error).toMatchObject({ actual });
        }
        expect(await revisions(store(), stream)).toHaveLength(Number(actual) + 1);
      },
    );

    it('lets everyone in who expects any', async () => {
      const stream = `${freshPrefix()}1`;
      const events = someEvents(RACERS);
      await Promise.all(events.map((event) => store().append(stream, 'any', [event])));
      expect([...(await revisions(store(), stream))].sort()).toEqual([...idsOf(events)].sort());
    });

    it('gives positions that grow in the order of the answers', async () => {
      const stream = `${freshPrefix()}1`;
      const one = await store().append(stream, 'any', [anEvent()]);
      const other = await store().append(`${freshPrefix()}1`, 'any', someEvents(2));
      const two = await store().append(stream, 'any', [anEvent()]);
      expect(comparePositions(one.position, other.position)).toBe(-1);
      expect(comparePositions(other.position, two.position)).toBe(-1);
    });

    it('refuses an append of nothing', async () => {
      const append = store().append(`${freshPrefix()}1`, 'any', []);
      expect(await errorOf(append)).toBeInstanceOf(TypeError);
    });
  });

  describeRepeating(store);
};

const describeRepeating = (store: () => EventStore): void => {
  describe('repeating an append', () => {
    it.each<[ExpectedRevision, number]>([
      ['no-stream', 0],
      [1n, 2],
      ['any', 2],
      ['any', 0],
    ])(
      'at %s, after %d events, gives the same answer and adds nothing',
      async (expected, before) => {
        const stream = `${freshPrefix()}1`;
        if (before > 0) await store().append(stream, 'no-stream', someEvents(before));
        const events = someEvents(3);
        const answer = await store().append(stream, expected, events);
        expect(await store().append(stream, expected, events)).toEqual(answer);
        expect(await revisions(store(), stream)).toHaveLength(before + 3);
      },
    );

    it('P4: is recognised at the exact revision also when others have gone on since', async () => {
      const stream = `${freshPrefix()}1`;
      const events = someEvents(2);
      const answer = await store().append(stream, 'no-stream', events);
      await store().append(stream, 1n, someEvents(5));
      expect(await store().append(stream, 'no-stream', events)).toEqual(answer);
      expect(await revisions(store(), stream)).toHaveLength(7);
    });

    it('is recognised while the first is still on its way', async () => {
      const stream = `${freshPrefix()}1`;
      const events = someEvents(2);
      const append = () => store().append(stream, 'no-stream', events);
      const answers = await Promise.all(Array.from({ length: RACERS }, append));
      expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
      expect(await revisions(store(), stream)).toEqual(idsOf(events));
    });

    it.each<ExpectedRevision>(['no-stream', 'any'])(
      'with more, or other, events after the first is refused at %s',
      async (expected) => {
        const stream = `${freshPrefix()}1`;
        const [one, two] = [anEvent(), anEvent()];
        await store().append(stream, 'no-stream', [one, two]);
        for (const events of [
          [one, two, anEvent()],
          [one, anEvent()],
        ])
          await refused(store().append(stream, expected, events));
        // At any it depends on what the log still remembers of them.
        if (expected !== 'any') await refused(store().append(stream, expected, [two, one]));
        expect(await revisions(store(), stream)).toEqual(idsOf([one, two]));
      },
    );

    it('of the beginning alone is the same as at its exact revision, not more', async () => {
      const stream = `${freshPrefix()}1`;
      const [one, two] = [anEvent(), anEvent()];
      await store().append(stream, 'no-stream', [one, two]);
      expect(await store().append(stream, 'no-stream', [one])).toMatchObject({ revision: 0n });
      await refused(store().append(stream, 'no-stream', [two]));
      expect(await revisions(store(), stream)).toEqual(idsOf([one, two]));
    });
  });
};
