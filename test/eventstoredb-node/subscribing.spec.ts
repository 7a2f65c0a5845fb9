import {
  eventTypeFilter,
  excludeSystemEvents,
  START,
  StreamDeletedError,
  streamNameFilter,
  type AllStreamSubscription,
  type Filter,
  type StreamSubscription,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { all, aNode, anEvent, aStream, failure, someEvents, type ANode } from './spec/a-node.js';

const values = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('the client, subscribed', () => {
  let node: ANode;
  beforeAll(async () => {
    node = await aNode();
  });
  afterAll(() => node.end());

  /** The next so many events, as stream and revision. */
  const take = async (
    subscription: AllStreamSubscription | StreamSubscription,
    count: number,
  ): Promise<string[]> => {
    const found: string[] = [];
    for await (const { event } of subscription) {
      found.push(`${event?.streamId}@${event?.revision}`);
      if (found.length === count) break;
    }
    return found;
  };
  const caughtUp = (subscription: AllStreamSubscription | StreamSubscription): Promise<void> =>
    new Promise((resolve) => {
      subscription.once('caughtUp', resolve);
    });
  const names = (stream: string, count: number): string[] =>
    values(count).map((index) => `${stream}@${index}`);

  it('is confirmed, catches up, is told so once, and goes on live', async () => {
    const stream = aStream();
    await node.client.appendToStream(stream, someEvents(3));
    const filter = streamNameFilter({ prefixes: [stream] });
    const subscription = node.client.subscribeToAll({ fromPosition: START, filter });
    let times = 0;
    subscription.on('caughtUp', () => (times += 1));
    const confirmed = new Promise((resolve) => {
      subscription.once('confirmation', () => resolve(null));
    });
    const taken = take(subscription, 6);
    await confirmed;
    await caughtUp(subscription);
    for (let revision = 3; revision < 6; revision += 1)
      await node.client.appendToStream(stream, anEvent());
    expect(await taken).toEqual(names(stream, 6));
    expect(times).toBe(1);
  });

  it('misses nothing and sees nothing twice while many write', async () => {
    const prefix = aStream();
    const write = async (writer: number): Promise<void> => {
      for (const value of values(50))
        await node.client.appendToStream(`${prefix}-${writer}`, anEvent(value));
    };
    const writing = Promise.all(values(8).map(write));
    const filter = streamNameFilter({ prefixes: [prefix] });
    const taken = await Promise.all(
      values(4).map(() => take(node.client.subscribeToAll({ fromPosition: START, filter }), 400)),
    );
    await writing;
    expect(new Set(taken[0]).size).toBe(400);
    for (const one of taken) expect(one).toEqual(taken[0]);
    expect(taken[0]?.filter((name) => name.startsWith(`${prefix}-5@`))).toEqual(
      names(`${prefix}-5`, 50),
    );
  });

  it('resumes after any position, without the event that stands there', async () => {
    const stream = aStream();
    await node.client.appendToStream(stream, someEvents(5));
    const filter = streamNameFilter({ prefixes: [stream] });
    const read = await all(node.client.readStream(stream));
    for (const [index, { event }] of read.slice(0, -1).entries()) {
      const fromPosition = event?.position ?? START;
      const subscription = node.client.subscribeToAll({ fromPosition, filter });
      expect(await take(subscription, 1)).toEqual([`${stream}@${index + 1}`]);
    }
  });

  it('is told of streams and of types, by prefix and by pattern', async () => {
    const stream = aStream();
    const events = [anEvent(0, `${stream}A`), anEvent(1, `${stream}B`), anEvent(2, `${stream}AB`)];
    await node.client.appendToStream(`${stream}-x`, events);
    await node.client.appendToStream(`${stream}-y`, events);
    const told = (filter: Filter, count: number) =>
      take(node.client.subscribeToAll({ fromPosition: START, filter }), count);
    const x = `${stream}-x`;
    const y = `${stream}-y`;
    expect(await told(eventTypeFilter({ prefixes: [`${stream}A`] }), 4)).toEqual([
      `${x}@0`,
      `${x}@2`,
      `${y}@0`,
      `${y}@2`,
    ]);
    expect(await told(eventTypeFilter({ regex: `^${stream}.*B$` }), 4)).toEqual([
      `${x}@1`,
      `${x}@2`,
      `${y}@1`,
      `${y}@2`,
    ]);
    expect(await told(streamNameFilter({ prefixes: ['none', y] }), 3)).toEqual(names(y, 3));
    expect(await told(streamNameFilter({ regex: `^${stream}-.$` }), 6)).toEqual([
      ...names(x, 3),
      ...names(y, 3),
    ]);
  });

  it('is told of no system events when it asks for none', async () => {
    const subscription = node.client.subscribeToAll({
      fromPosition: START,
      filter: excludeSystemEvents(),
    });
    const [first] = await take(subscription, 1);
    expect(first?.startsWith('$')).toBe(false);
  });

  it('is told how far was looked where nothing matched, and live', async () => {
    const stream = aStream();
    const told: string[] = [];
    const filter = streamNameFilter({
      prefixes: [stream],
      maxSearchWindow: 10,
      checkpointInterval: 2,
      checkpointReached: (_subscription, position) => void told.push(`${position.commit}`),
    });
    await node.client.appendToStream(aStream(), someEvents(100));
    const subscription = node.client.subscribeToAll({ fromPosition: START, filter });
    const taken = take(subscription, 1);
    await caughtUp(subscription);
    const [newest] = await all(
      node.client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }),
    );
    const head = newest?.event?.position?.commit ?? 0n;
    expect(told.at(-1)).toBe(`${head}`);
    expect(told.slice(0, 3)).toEqual(['20', '40', '60']);
    await node.client.appendToStream(aStream(), someEvents(45));
    await node.client.appendToStream(stream, anEvent());
    await taken;
    expect(told.slice(-3)).toEqual([head, head + 20n, head + 40n].map(String));
  });

  it('follows one stream, from its beginning, a revision or its end', async () => {
    const stream = aStream();
    await node.client.appendToStream(stream, someEvents(3));
    const subscribe = (options: object) => node.client.subscribeToStream(stream, options);
    const fromStart = take(subscribe({}), 4);
    const fromFirst = take(subscribe({ fromRevision: 0n }), 3);
    const atEnd = subscribe({ fromRevision: 'end' });
    const fromEnd = take(atEnd, 1);
    await caughtUp(atEnd);
    await node.client.appendToStream(stream, anEvent());
    expect(await fromStart).toEqual(names(stream, 4));
    expect(await fromFirst).toEqual(names(stream, 4).slice(1));
    expect(await fromEnd).toEqual([`${stream}@3`]);
  });

  it('misses nothing of one stream and sees nothing twice while it is written', async () => {
    const stream = aStream();
    const write = async (): Promise<void> => {
      for (const value of values(100)) await node.client.appendToStream(stream, anEvent(value));
    };
    const writing = write();
    const taken: Promise<string[]>[] = [];
    // One more comes with each event that the first has seen: each joins in another instant.
    for await (const { event } of node.client.subscribeToStream(stream)) {
      taken.push(take(node.client.subscribeToStream(stream), 100));
      if (event?.revision === 49n) break;
    }
    await writing;
    for (const one of await Promise.all(taken)) expect(one).toEqual(names(stream, 100));
  });

  it('waits for a stream that is not there yet', async () => {
    const stream = aStream();
    const subscription = node.client.subscribeToStream(stream);
    const taken = take(subscription, 1);
    await caughtUp(subscription);
    await node.client.appendToStream(stream, anEvent());
    expect(await taken).toEqual([`${stream}@0`]);
  });

  it('is told of a tombstone, and that the stream is over', async () => {
    const stream = aStream();
    await node.client.appendToStream(stream, anEvent());
    const subscription = node.client.subscribeToStream(stream);
    const taken = failure(take(subscription, 10));
    await caughtUp(subscription);
    await node.client.tombstoneStream(stream);
    expect(await taken).toBeInstanceOf(StreamDeletedError);
    const again = node.client.subscribeToStream(stream);
    expect(await failure(take(again, 1))).toBeInstanceOf(StreamDeletedError);
  });

  it('may read slowly: what it has not taken waits on the disk', async () => {
    const stream = aStream();
    const filter = streamNameFilter({ prefixes: [stream] });
    const subscription = node.client.subscribeToAll({ fromPosition: 'end', filter });
    await new Promise((resolve) => {
      subscription.once('confirmation', () => resolve(null));
    });
    const large = 'x'.repeat(200_000);
    for (let batch = 0; batch < 25; batch += 1)
      await node.client.appendToStream(
        stream,
        values(4).map(() => anEvent(large)),
      );
    expect(await take(subscription, 100)).toEqual(names(stream, 100));
  });
});
