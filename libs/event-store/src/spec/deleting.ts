import { describe, expect, it } from '@jest/globals';
import { StreamDeleted, WrongExpectedRevision, type EventStore } from '../port.js';
import { anEvent, collected, errorOf, freshPrefix, idsOf, someEvents } from './driver.js';

const EVENTS = 3;
const LAST = BigInt(EVENTS - 1);

const shown = async (store: EventStore, stream: string): Promise<readonly string[]> =>
  idsOf(await collected(store.readStream(stream, { direction: 'forwards' })));

/** A stream of three events, with limits, that has been deleted. */
const deleted = async (store: EventStore, how: 'soft' | 'tombstone'): Promise<string> => {
  const stream = `${freshPrefix()}1`;
  await store.append(stream, 'no-stream', someEvents(EVENTS));
  await store.setStreamMetadata(stream, { maxCount: 2 });
  await store.deleteStream(stream, how);
  return stream;
};

export const describeDeleting = (store: () => EventStore): void => {
  describeSoft(store);
  describeTombstone(store);
};

const describeSoft = (store: () => EventStore): void => {
  describe('a stream that was softly deleted', () => {
    it('is empty to its readers, and has no limits', async () => {
      const stream = await deleted(store(), 'soft');
      for (const direction of ['forwards', 'backwards'] as const)
        expect(await collected(store().readStream(stream, { direction }))).toEqual([]);
      expect(await store().getStreamMetadata(stream)).toEqual({});
    });

    it.each(['no-stream', LAST, 'any'] as const)(
      'begins again at %s, and goes on numbering where it was',
      async (expected) => {
        const stream = await deleted(store(), 'soft');
        const events = someEvents(2);
        const answer = await store().append(stream, expected, events);
        expect(answer.revision).toBe(LAST + 2n);
        const read = await collected(store().readStream(stream, { direction: 'forwards' }));
        expect(idsOf(read)).toEqual(idsOf(events));
        expect(read.map(({ revision }) => revision)).toEqual([LAST + 1n, LAST + 2n]);
        expect(await store().getStreamMetadata(stream)).toEqual({ truncateBefore: LAST + 1n });
        const late = await errorOf(store().append(stream, 'no-stream', [anEvent()]));
        expect(late).toBeInstanceOf(WrongExpectedRevision);
        expect(late).toMatchObject({ actual: LAST + 2n });
      },
    );

    it('refuses who knows an older revision of it', async () => {
      const stream = await deleted(store(), 'soft');
      const refusal = await errorOf(store().append(stream, 0n, [anEvent()]));
      expect(refusal).toBeInstanceOf(WrongExpectedRevision);
      expect(refusal).toMatchObject({ actual: LAST });
    });

    it('may be deleted again, before and after it has begun again', async () => {
      const stream = await deleted(store(), 'soft');
      await store().deleteStream(stream, 'soft');
      await store().append(stream, 'no-stream', [anEvent()]);
      await store().deleteStream(stream, 'soft');
      expect(await shown(store(), stream)).toEqual([]);
      const one = anEvent();
      expect(await store().append(stream, 'no-stream', [one])).toMatchObject({
        revision: LAST + 2n,
      });
      expect(await shown(store(), stream)).toEqual([one.id]);
    });

    it('keeps what it held hidden when it is given limits', async () => {
      const stream = await deleted(store(), 'soft');
      await store().setStreamMetadata(stream, { maxCount: 7 });
      expect(await shown(store(), stream)).toEqual([]);
      expect(await store().getStreamMetadata(stream)).toEqual({
        maxCount: 7,
        truncateBefore: LAST + 1n,
      });
    });

    it('may be one that never was', async () => {
      const stream = `${freshPrefix()}1`;
      await store().deleteStream(stream, 'soft');
      expect(await shown(store(), stream)).toEqual([]);
      const events = someEvents(2);
      await store().append(stream, 'no-stream', events);
      expect(await shown(store(), stream)).toEqual(idsOf(events));
    });

    it('takes no other stream with it', async () => {
      const prefix = freshPrefix();
      const event = anEvent();
      for (const stream of [`${prefix}1`, `${prefix}11`])
        await store().append(stream, 'any', [event]);
      await store().deleteStream(`${prefix}1`, 'soft');
      expect(await shown(store(), `${prefix}11`)).toEqual([event.id]);
    });
  });
};

const describeTombstone = (store: () => EventStore): void => {
  describe('a stream with a tombstone', () => {
    it('tells whoever asks anything of it', async () => {
      const stream = await deleted(store(), 'tombstone');
      const asked = [
        store().append(stream, 'no-stream', [anEvent()]),
        store().append(stream, LAST, [anEvent()]),
        store().append(stream, 'any', [anEvent()]),
        collected(store().readStream(stream, { direction: 'forwards' })),
        collected(store().readStream(stream, { direction: 'backwards' })),
        store().getStreamMetadata(stream),
        store().setStreamMetadata(stream, { maxCount: 1 }),
        store().deleteStream(stream, 'soft'),
      ];
      for (const error of await Promise.all(asked.map(errorOf))) {
        expect(error).toBeInstanceOf(StreamDeleted);
        expect(error).toMatchObject({ stream });
      }
    });

    it('may be told so again', async () => {
      const stream = await deleted(store(), 'tombstone');
      await store().deleteStream(stream, 'tombstone');
      expect(await errorOf(shown(store(), stream))).toBeInstanceOf(StreamDeleted);
    });

    it('may have been softly deleted before, or never have been', async () => {
      for (const stream of [await deleted(store(), 'soft'), `${freshPrefix()}1`]) {
        await store().deleteStream(stream, 'tombstone');
        const append = store().append(stream, 'no-stream', [anEvent()]);
        expect(await errorOf(append)).toBeInstanceOf(StreamDeleted);
      }
    });

    it('holds nobody up who reads or follows all streams', async () => {
      const prefix = freshPrefix();
      await store().append(`${prefix}1`, 'no-stream', [anEvent()]);
      await store().deleteStream(`${prefix}1`, 'tombstone');
      const event = anEvent();
      await store().append(`${prefix}2`, 'no-stream', [event]);
      const all = await collected(store().readAll({ direction: 'forwards', prefixes: [prefix] }));
      expect(all.at(-1)?.id).toBe(event.id);
      expect(all.every(({ type }) => !type.startsWith('$'))).toBe(true);
    });
  });
};
