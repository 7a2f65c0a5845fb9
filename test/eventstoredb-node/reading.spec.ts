import { StreamNotFoundError, UnknownError } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  all,
  aNode,
  anEvent,
  aStream,
  failure,
  revisions,
  someEvents,
  type ANode,
} from './spec/a-node.js';

describe('the client, reading', () => {
  let node: ANode;
  const stream = aStream();
  let nowMs = Date.UTC(2026, 0, 1);
  beforeAll(async () => {
    node = await aNode({ clock: () => nowMs });
    await node.client.appendToStream(stream, someEvents(100));
  });
  afterAll(() => node.end());

  it('finds no stream where nothing was written', async () => {
    const name = aStream();
    const error = await failure(all(node.client.readStream(name)));
    expect(error).toBeInstanceOf(StreamNotFoundError);
    expect(error).toMatchObject({ streamName: name });
  });

  it('goes through a stream forwards and backwards, from a revision on', async () => {
    const read = (options: Parameters<typeof node.client.readStream>[1]) =>
      revisions(node.client.readStream(stream, options));
    expect(await read({})).toEqual(Array.from({ length: 100 }, (_, index) => BigInt(index)));
    expect(await read({ fromRevision: 97n })).toEqual([97n, 98n, 99n]);
    expect(await read({ fromRevision: 40n, maxCount: 2 })).toEqual([40n, 41n]);
    expect(await read({ fromRevision: 100n })).toEqual([]);
    const backwards = { direction: 'backwards' } as const;
    expect(await read({ ...backwards, fromRevision: 'end', maxCount: 2 })).toEqual([99n, 98n]);
    expect(await read({ ...backwards, fromRevision: 1n })).toEqual([1n, 0n]);
    expect(await read({ ...backwards, fromRevision: 1_000n, maxCount: 1 })).toEqual([99n]);
    expect(await read({ ...backwards, fromRevision: 'end' })).toHaveLength(100);
  });

  it('may not read forwards from the end, nor nothing at all', async () => {
    for (const options of [{ fromRevision: 'end' }, { maxCount: 0 }] as const) {
      const error = await failure(all(node.client.readStream(stream, options)));
      expect(error).toBeInstanceOf(UnknownError);
    }
  });

  it('is told when an event was written', async () => {
    nowMs = Date.UTC(2026, 10, 21, 20, 42, 48, 123);
    const other = aStream();
    await node.client.appendToStream(other, anEvent());
    const [read] = await all(node.client.readStream(other));
    expect(read?.event?.created).toEqual(new Date(nowMs));
  });

  it('goes through everything in order: forwards with the position, backwards without', async () => {
    const everything = await all(node.client.readAll());
    const positions = everything.map(({ event }) => event?.position?.commit ?? 0n);
    expect(positions).toEqual([...positions].sort((one, other) => Number(one - other)));
    expect(new Set(positions).size).toBe(positions.length);
    const fromPosition = everything[50]?.event?.position;
    if (fromPosition === undefined) throw new Error('an event of everything has a position');
    const read = async (options: object): Promise<string[]> =>
      (await all(node.client.readAll({ fromPosition, ...options }))).map(
        ({ event }) => event?.id ?? '',
      );
    const ids = everything.map(({ event }) => event?.id);
    expect(await read({})).toEqual(ids.slice(50));
    expect(await read({ maxCount: 2 })).toEqual(ids.slice(50, 52));
    expect(await read({ direction: 'backwards' })).toEqual(ids.slice(0, 50).reverse());
    const newest = { direction: 'backwards', fromPosition: 'end', maxCount: 2 } as const;
    expect(await read(newest)).toEqual(ids.slice(-2).reverse());
    expect(await read({ direction: 'backwards', fromPosition: 'start' })).toEqual([]);
    expect(await read({ fromPosition: 'end' })).toEqual([]);
  });

  it('meets the server’s own events in everything, before any of its own', async () => {
    const [first] = await all(node.client.readAll({ maxCount: 1 }));
    expect(first?.event?.type).toBe('$metadata');
    expect(first?.event?.streamId.startsWith('$')).toBe(true);
  });

  it('reads ten thousand events of a stream', async () => {
    const long = aStream();
    for (let page = 0; page < 10; page += 1)
      await node.client.appendToStream(long, someEvents(1_000));
    const read = await revisions(node.client.readStream(long));
    expect(read).toEqual(Array.from({ length: 10_000 }, (_, index) => BigInt(index)));
  });
});
