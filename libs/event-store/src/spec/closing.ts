import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../port.js';
import { anEvent, caughtUp, collected, errorOf, freshPrefix, idsOf, someEvents } from './driver.js';
import type { OpenStore } from './opened-store.js';

export const describeClosing = (open: OpenStore): void => {
  describe('closing', () => {
    it('finishes what was accepted', async () => {
      const { store, reopen, cleanup } = await open();
      const stream = `${freshPrefix()}1`;
      const events = someEvents(100);
      const appends = events.map((event) => store.append(stream, 'any', [event]));
      await store.close();
      const answers = await Promise.all(appends);
      expect(answers.map(({ revision }) => revision)).toEqual(events.map((_, n) => BigInt(n)));
      if (reopen !== undefined) {
        const again = await reopen();
        const read = await collected(again.readStream(stream, { direction: 'forwards' }));
        expect(idsOf(read)).toEqual(idsOf(events));
      }
      await cleanup();
    });

    it('makes later calls throw StoreUnavailable, and may be repeated', async () => {
      const { store, cleanup } = await open();
      await store.close();
      await store.close();
      const { signal } = new AbortController();
      const calls = [
        store.append('s-1', 'any', [anEvent()]),
        store.head(),
        store.epoch(),
        store.getStreamMetadata('s-1'),
        store.setStreamMetadata('s-1', {}),
        collected(store.readStream('s-1', { direction: 'forwards' })),
        collected(store.readAll({ direction: 'forwards' })),
        collected(store.subscribe({ after: null, prefixes: [], signal })),
      ];
      for (const error of await Promise.all(calls.map(errorOf)))
        expect(error).toBeInstanceOf(StoreUnavailable);
      await cleanup();
    });

    it('ends a waiting subscription with StoreUnavailable', async () => {
      const { store, cleanup } = await open();
      const { signal } = new AbortController();
      const subscription = store.subscribe({ after: null, prefixes: [freshPrefix()], signal });
      const told = subscription[Symbol.asyncIterator]();
      await caughtUp(told);
      const next = errorOf(told.next());
      await store.close();
      expect(await next).toBeInstanceOf(StoreUnavailable);
      await cleanup();
    });

    it('keeps the epoch, the head and the metadata over a restart', async () => {
      const { store, reopen, cleanup } = await open();
      if (reopen !== undefined) {
        const stream = `${freshPrefix()}1`;
        await store.setStreamMetadata(stream, { maxCount: 3 });
        const { position } = await store.append(stream, 'any', someEvents(2));
        const epoch = await store.epoch();
        const again = await reopen();
        expect(await again.epoch()).toBe(epoch);
        expect(await again.head()).toBe(position);
        expect(await again.getStreamMetadata(stream)).toEqual({ maxCount: 3 });
        expect(await again.append(stream, 1n, [anEvent()])).toMatchObject({ revision: 2n });
      }
      await cleanup();
    });
  });
};
