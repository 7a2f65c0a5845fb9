import { beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../port.js';
import { collected, followed, freshPrefix, idsOf, someEvents } from './driver.js';

const EVENTS = 10_000;
const AT_ONCE = 1_000;

export const describeLongStreams = (store: () => EventStore): void => {
  describe(`a stream of ${EVENTS} events`, () => {
    const prefix = freshPrefix();
    const stream = `${prefix}1`;
    const events = someEvents(EVENTS);
    const ids = idsOf(events);
    const read = async (options: Parameters<EventStore['readStream']>[1]) =>
      idsOf(await collected(store().readStream(stream, options)));

    beforeAll(async () => {
      for (let from = 0; from < EVENTS; from += AT_ONCE)
        await store().append(
          stream,
          from === 0 ? 'no-stream' : BigInt(from - 1),
          events.slice(from, from + AT_ONCE),
        );
    });

    it('is read whole in both directions', async () => {
      expect(await read({ direction: 'forwards' })).toEqual(ids);
      expect(await read({ direction: 'backwards' })).toEqual(ids.toReversed());
    });

    it('is read from its middle in both directions, as far as was asked', async () => {
      const from = 4_321;
      const maxCount = 2_500;
      const middle = { from: BigInt(from), maxCount };
      expect(await read({ direction: 'forwards', ...middle })).toEqual(
        ids.slice(from, from + maxCount),
      );
      expect(await read({ direction: 'backwards', ...middle })).toEqual(
        ids.slice(from - maxCount + 1, from + 1).toReversed(),
      );
      expect(await read({ direction: 'forwards', from: BigInt(from) })).toEqual(ids.slice(from));
    });

    it('is found among all streams, and followed from the beginning', async () => {
      const all = store().readAll({ direction: 'forwards', prefixes: [prefix] });
      expect(idsOf(await collected(all))).toEqual(ids);
      const seen = await followed(store(), { after: null, prefixes: [prefix], count: EVENTS });
      expect(idsOf(seen)).toEqual(ids);
    });
  });
};
