import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Position } from '#kernel';
import type { EventStore, StoredEvent, StreamMetadata } from '../port.js';
import { anEvent, collected, freshPrefix, idsOf, someEvents, until } from './driver.js';
import type { OpenedStore } from './opened-store.js';

// More than one page of any implementation.
const MANY = 1_203;

export const describeReading = (opened: () => OpenedStore): void => {
  describeStreams(() => opened().store);
  describeAll(() => opened().store);
  describeMetadata(opened);
};

const describeStreams = (store: () => EventStore): void => {
  describe('reading a stream', () => {
    const stream = `${freshPrefix()}1`;
    const events = someEvents(MANY);
    const read = async (options: Parameters<EventStore['readStream']>[1]) =>
      (await collected(store().readStream(stream, options))).map(({ revision }) =>
        Number(revision),
      );
    beforeAll(async () => {
      await store().append(stream, 'no-stream', events);
    });

    it('gives all of it, in order, page after page', async () => {
      const all = await collected(store().readStream(stream, { direction: 'forwards' }));
      expect(idsOf(all)).toEqual(idsOf(events));
    });

    it('gives all of it backwards', async () => {
      const all = await collected(store().readStream(stream, { direction: 'backwards' }));
      expect(idsOf(all)).toEqual([...idsOf(events)].reverse());
    });

    it('starts with the revision it is given, in both directions', async () => {
      const last = BigInt(MANY - 1);
      expect(await read({ direction: 'forwards', from: last - 1n })).toEqual([MANY - 2, MANY - 1]);
      expect(await read({ direction: 'forwards', from: last })).toEqual([MANY - 1]);
      expect(await read({ direction: 'forwards', from: last + 1n })).toEqual([]);
      expect(await read({ direction: 'backwards', from: 1n })).toEqual([1, 0]);
      expect(await read({ direction: 'backwards', from: 0n })).toEqual([0]);
      expect(await read({ direction: 'backwards', from: last + 5n, maxCount: 1 })).toEqual([
        MANY - 1,
      ]);
    });

    it('gives no more than asked for', async () => {
      for (const maxCount of [0, 1, 500, 501])
        expect(await read({ direction: 'forwards', maxCount })).toHaveLength(maxCount);
      expect(await read({ direction: 'backwards', maxCount: 2 })).toEqual([MANY - 1, MANY - 2]);
    });

    it('is empty when there is no such stream', async () => {
      const none = store().readStream(`${freshPrefix()}1`, { direction: 'forwards' });
      expect(await collected(none)).toEqual([]);
    });

    it('lets go when the reader has seen enough', async () => {
      for await (const event of store().readStream(stream, { direction: 'forwards' })) {
        expect(event.revision).toBe(0n);
        break;
      }
    });
  });
};

const describeAll = (store: () => EventStore): void => {
  describe('reading all', () => {
    const prefix = freshPrefix();
    let before: Position | null = null;
    let all: readonly StoredEvent[] = [];
    const read = (options: Omit<Parameters<EventStore['readAll']>[0], 'prefixes'>) =>
      collected(store().readAll({ ...options, prefixes: [prefix] }));
    const after = (): { readonly after?: Position } => (before === null ? {} : { after: before });

    beforeAll(async () => {
      before = await store().head();
      for (let turn = 0; turn < MANY; turn += 3) {
        await store().append(`${prefix}a${turn % 7}`, 'any', someEvents(2));
        await store().append(`other${prefix}`, 'any', [anEvent()]);
        await store().append(`${prefix}b`, 'any', [anEvent()]);
      }
      all = await read({ direction: 'forwards', ...after() });
    });

    it('gives the events of all streams in log order, each stream in its own order', async () => {
      expect(all).toHaveLength(MANY);
      const positions = all.map(({ position }) => position);
      expect(positions).toEqual([...positions].sort());
      expect(new Set(positions).size).toBe(MANY);
      const b = all.filter(({ stream }) => stream === `${prefix}b`);
      expect(b.map(({ revision }) => revision)).toEqual(b.map((_, index) => BigInt(index)));
    });

    it('leaves out other streams, also those that hold the prefix elsewhere', async () => {
      expect(all.every(({ stream }) => stream.startsWith(prefix))).toBe(true);
      const both = await collected(
        store().readAll({
          direction: 'forwards',
          ...after(),
          prefixes: [`${prefix}b`, `other${prefix}`],
        }),
      );
      expect(both).toHaveLength((MANY / 3) * 2);
      expect(new Set(both.map(({ stream }) => stream)).size).toBe(2);
    });

    it('gives every stream when it is given no prefix', async () => {
      const everything = await collected(store().readAll({ direction: 'forwards', ...after() }));
      expect(everything.length).toBeGreaterThanOrEqual(MANY + MANY / 3);
    });

    it('starts after a position, which is not shown again', async () => {
      const at = all[MANY - 3];
      if (at === undefined) throw new Error('too few events');
      const rest = await read({ direction: 'forwards', after: at.position });
      expect(idsOf(rest)).toEqual(idsOf(all.slice(MANY - 2)));
      const last = await read({
        direction: 'forwards',
        after: all[MANY - 1]?.position ?? at.position,
      });
      expect(last).toEqual([]);
    });

    it('goes backwards from the end, or from before a position', async () => {
      const newest = await read({ direction: 'backwards', maxCount: MANY });
      expect(idsOf(newest)).toEqual([...idsOf(all)].reverse());
      const at = all[2];
      if (at === undefined) throw new Error('too few events');
      const first = await read({ direction: 'backwards', after: at.position, maxCount: 2 });
      expect(idsOf(first)).toEqual(idsOf(all.slice(0, 2).reverse()));
    });

    it('gives no more than asked for, though the prefix is rare', async () => {
      for (const maxCount of [0, 1, 500, 501])
        expect(await read({ direction: 'forwards', ...after(), maxCount })).toHaveLength(maxCount);
    });

    it('knows the newest position', async () => {
      const stream = `${freshPrefix()}1`;
      const { position } = await store().append(stream, 'any', someEvents(2));
      expect(await store().head()).toBe(position);
    });
  });
};

const describeMetadata = (opened: () => OpenedStore): void => {
  describe('stream metadata', () => {
    const store = (): EventStore => opened().store;
    const shown = async (stream: string, direction: 'forwards' | 'backwards' = 'forwards') =>
      (await collected(store().readStream(stream, { direction }))).map((e) => Number(e.revision));

    it.each<[StreamMetadata, readonly number[]]>([
      [{ maxCount: 2 }, [3, 4]],
      [{ maxCount: 5 }, [0, 1, 2, 3, 4]],
      [{ truncateBefore: 3n }, [3, 4]],
      [{ truncateBefore: 5n }, []],
      [{ truncateBefore: 1n, maxCount: 1 }, [4]],
      [{}, [0, 1, 2, 3, 4]],
    ])('%j leaves %j of five events', async (metadata, left) => {
      const stream = `${freshPrefix()}1`;
      await store().append(stream, 'no-stream', someEvents(5));
      await store().setStreamMetadata(stream, metadata);
      expect(await shown(stream)).toEqual(left);
      expect(await shown(stream, 'backwards')).toEqual([...left].reverse());
      expect(await store().getStreamMetadata(stream)).toEqual(metadata);
    });

    it('lets events go that are too old', async () => {
      const stream = `${freshPrefix()}1`;
      await store().setStreamMetadata(stream, { maxAgeSeconds: 2 });
      await store().append(stream, 'no-stream', someEvents(2));
      expect(await shown(stream)).toEqual([0, 1]);
      opened().advance?.(2_000);
      await until(async () => (await shown(stream)).length === 0);
      await store().append(stream, 1n, [anEvent()]);
      expect(await shown(stream)).toEqual([2]);
    });

    it('goes on numbering where it was, though everything has been let go', async () => {
      const stream = `${freshPrefix()}1`;
      await store().append(stream, 'no-stream', someEvents(2));
      await store().setStreamMetadata(stream, { truncateBefore: 2n });
      expect(await store().append(stream, 1n, [anEvent()])).toMatchObject({ revision: 2n });
    });

    it('can be set before the first event, and does not make the stream', async () => {
      const stream = `${freshPrefix()}1`;
      await store().setStreamMetadata(stream, { maxCount: 1 });
      await store().append(stream, 'no-stream', someEvents(2));
      expect(await shown(stream)).toEqual([1]);
    });

    it('is replaced as a whole, and empty where nothing was set', async () => {
      const stream = `${freshPrefix()}1`;
      expect(await store().getStreamMetadata(stream)).toEqual({});
      await store().setStreamMetadata(stream, { maxCount: 1, truncateBefore: 7n });
      await store().setStreamMetadata(stream, { maxAgeSeconds: 60 });
      expect(await store().getStreamMetadata(stream)).toEqual({ maxAgeSeconds: 60 });
    });

    it.each<StreamMetadata>([{ maxCount: 0 }, { maxAgeSeconds: 0.5 }, { truncateBefore: -1n }])(
      'refuses limits that mean nothing',
      async (metadata) => {
        const set = store().setStreamMetadata(`${freshPrefix()}1`, metadata);
        await expect(set).rejects.toThrow(RangeError);
      },
    );
  });
};
