import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { status } from '@grpc/grpc-js';
import { binaryEvent, jsonEvent } from '@eventstore/db-client';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AppendTooLarge,
  openEventStoreDb,
  parsePosition,
  StoreUnavailable,
  type EventStore,
  type OpenedEventStoreDb,
} from '#event-store';
import {
  anEvent,
  caughtUp,
  collected,
  errorOf,
  followed,
  freshPrefix,
  idsOf,
  someEvents,
} from '#event-store/spec';
import { eventually } from '../harness/eventually.js';
import { startNode, type NodeOptions } from './node.js';
import { aNode, type ANode } from './spec/a-node.js';

/** For how long one request waits for a server that is away, at most, and some. */
const PATIENCE_MS = 7_000;
/** What is "at once". */
const AT_ONCE_MS = 1_500;

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const aLog = async (
  options: Partial<NodeOptions> = {},
): Promise<{ readonly node: ANode; readonly store: EventStore } & OpenedEventStoreDb> => {
  const node = await aNode(options);
  ends.push(node.end);
  const opened = await openEventStoreDb({ connectionString: node.connectionString });
  ends.push(opened.close);
  return { node, ...opened };
};

const took = async (work: Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work.catch(() => undefined);
  return performance.now() - start;
};

const shown = async (store: EventStore, stream: string) =>
  collected(store.readStream(stream, { direction: 'forwards' }));

describe('an append whose answer is lost', () => {
  it.each(['no-stream', 'any'] as const)('is made once at %s', async (expected) => {
    const { node, store } = await aLog();
    const events = someEvents(2);
    node.faults.dropAnswers(1, 'cut');
    const answer = await store.append('s-1', expected, events);
    const read = await shown(store, 's-1');
    expect(idsOf(read)).toEqual(idsOf(events));
    expect(answer).toEqual({ revision: 1n, position: read[1]?.position });
  });

  it('is not known when nothing is ever said, and its repeat is recognised', async () => {
    const { node, store } = await aLog();
    const event = anEvent();
    node.faults.dropAnswers(1, 'silence');
    const append = store.append('s-1', 'no-stream', [event]);
    expect(await errorOf(append)).toBeInstanceOf(StoreUnavailable);
    expect(await store.append('s-1', 'no-stream', [event])).toMatchObject({ revision: 0n });
    expect(await shown(store, 's-1')).toHaveLength(1);
  });
});

describe('a server that is away', () => {
  it('is waited for, then every caller is told at once, until it is back', async () => {
    const { node, store } = await aLog();
    await store.append('s-1', 'no-stream', [anEvent()]);
    await node.connections.refuse();
    const first = store.append('s-1', 0n, [anEvent()]);
    expect(await errorOf(first)).toBeInstanceOf(StoreUnavailable);
    const calls = [
      store.append('s-1', 0n, [anEvent()]),
      shown(store, 's-1'),
      store.head(),
      store.getStreamMetadata('s-1'),
    ];
    for (const ms of await Promise.all(calls.map(took))) expect(ms).toBeLessThan(AT_ONCE_MS);
    for (const call of calls) expect(await errorOf(call)).toBeInstanceOf(StoreUnavailable);
    await node.connections.accept();
    const followedUp = await followed(store, { after: null, prefixes: ['s-'], count: 1 });
    expect(followedUp).toHaveLength(1);
    expect(await store.append('s-1', 0n, [anEvent()])).toMatchObject({ revision: 1n });
  });

  it('and comes back with another log is written nothing, until it has its own again', async () => {
    const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'casement-node-'))));
    const [own = '', another = ''] = folders;
    let node = await startNode({ directory: own });
    const { connectionString, port } = node;
    const { store, close } = await openEventStoreDb({ connectionString });
    const becomes = async (directory: string): Promise<void> => {
      await node.close();
      node = await startNode({ directory, port });
    };
    await store.append('s-1', 'no-stream', [anEvent()]);
    await becomes(another);
    for (const call of [() => store.append('s-2', 'any', [anEvent()]), () => store.head()])
      expect(await errorOf(call())).toMatchObject({
        name: 'StoreUnavailable',
        message: expect.stringContaining('another log answers there: an empty one'),
      });
    await becomes(own);
    await eventually('its own log', () => store.append('s-3', 'any', [anEvent()]).then(() => true));
    expect(await shown(store, 's-1')).toHaveLength(1);
    expect(await shown(store, 's-2')).toHaveLength(0);
    await close();
    await node.close();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  it('that hangs ends every call in bounded time, and holds up nobody who leaves', async () => {
    const { node, store } = await aLog();
    await store.append('s-1', 'no-stream', someEvents(3));
    node.faults.hang();
    const { signal } = new AbortController();
    const leaving = store.subscribe({ after: null, prefixes: ['t-'], signal });
    const told = leaving[Symbol.asyncIterator]();
    const next = told.next();
    expect(await took(told.return?.() ?? next)).toBeLessThan(AT_ONCE_MS);
    const calls = [store.append('s-1', 2n, [anEvent()]), shown(store, 's-1')];
    for (const ms of await Promise.all(calls.map(took))) expect(ms).toBeLessThan(PATIENCE_MS);
    for (const call of calls) expect(await errorOf(call)).toBeInstanceOf(StoreUnavailable);
    node.faults.heal();
    expect(await shown(store, 's-1')).not.toHaveLength(0);
  });

  it.each([
    ['UNAVAILABLE', status.UNAVAILABLE],
    ['INTERNAL', status.INTERNAL],
    ['UNKNOWN', status.UNKNOWN],
    ['ABORTED', status.ABORTED],
    ['DEADLINE_EXCEEDED', status.DEADLINE_EXCEEDED],
    ['CANCELLED', status.CANCELLED],
  ])('and says %s is asked again', async (_, code) => {
    const { node, store } = await aLog();
    node.faults.answer(code, 'not now');
    const append = store.append('s-1', 'no-stream', [anEvent()]);
    const reading = collected(store.readAll({ direction: 'forwards' }));
    await new Promise((resolve) => setImmediate(resolve));
    setTimeout(() => node.faults.heal(), 300);
    expect(await append).toMatchObject({ revision: 0n });
    expect(await reading).toBeInstanceOf(Array);
  });

  it.each([
    ['PERMISSION_DENIED', status.PERMISSION_DENIED],
    ['UNAUTHENTICATED', status.UNAUTHENTICATED],
    ['INVALID_ARGUMENT', status.INVALID_ARGUMENT],
  ])('and says %s is not asked again', async (_, code) => {
    const { node, store } = await aLog();
    node.faults.answer(code, 'never');
    const calls = [store.append('s-1', 'no-stream', [anEvent()]), store.head()];
    for (const ms of await Promise.all(calls.map(took))) expect(ms).toBeLessThan(AT_ONCE_MS);
    for (const call of calls) expect(await errorOf(call)).toBeInstanceOf(StoreUnavailable);
  });

  it('and names another leader is left for it', async () => {
    const [one, other] = [await aLog(), await aLog()];
    one.node.faults.lead({ host: '127.0.0.1', port: other.node.port });
    const event = anEvent();
    await one.store.append('s-1', 'no-stream', [event]);
    expect(idsOf(await shown(other.store, 's-1'))).toEqual([event.id]);
  });
});

describe('what others write in the same log', () => {
  it('is shown as what it is, though it is no JSON object', async () => {
    const { node, store } = await aLog();
    const bytes = Buffer.from([0, 255, 254, 1]);
    const plain = { type: 'Foreign', id: randomUUID() };
    await node.client.appendToStream('s-1', [
      binaryEvent({ ...plain, data: bytes, metadata: bytes }),
      jsonEvent({ ...plain, id: randomUUID(), data: [1, 2] as never }),
      { ...jsonEvent({ ...plain, id: randomUUID(), data: {} }), data: 'text' as never },
    ]);
    const read = await shown(store, 's-1');
    expect(read.map(({ data, metadata }) => [data, metadata])).toEqual([
      [{ base64: bytes.toString('base64') }, { base64: bytes.toString('base64') }],
      [{ json: [1, 2] }, {}],
      [{ json: 'text' }, {}],
    ]);
    expect(idsOf(await followed(store, { after: null, prefixes: ['s-'], count: 3 }))).toEqual(
      idsOf(read),
    );
  });

  it('in streams of the server, and our own, is hidden and moves no end', async () => {
    const { node, store } = await aLog();
    expect(await store.head()).toBeNull();
    const told = store.subscribe({
      after: null,
      prefixes: [],
      signal: new AbortController().signal,
    });
    expect(await caughtUp(told[Symbol.asyncIterator]())).toBeNull();
    const { position } = await store.append('s-1', 'no-stream', [anEvent()]);
    await store.setStreamMetadata('s-1', { maxCount: 5 });
    await node.client.appendToStream('$other', jsonEvent({ type: 'x', data: {} }));
    expect(await store.head()).toBe(position);
    expect(parsePosition(position)).toBe(position);
    for (const prefixes of [[], ['$'], ['casement'], ['s-', '$', 'casement']]) {
      const all = await collected(store.readAll({ direction: 'backwards', prefixes }));
      expect(all.every(({ stream }) => stream === 's-1')).toBe(true);
    }
  });
});

describe('many followers', () => {
  it('name many prefixes each, and are told of theirs alone', async () => {
    const { store } = await aLog();
    const prefixes = Array.from({ length: 60 }, freshPrefix);
    for (const prefix of prefixes) {
      await store.append(`${prefix}1`, 'any', someEvents(2));
      await store.append(`x${prefix}1`, 'any', [anEvent()]);
    }
    const all = await collected(store.readAll({ direction: 'forwards', prefixes }));
    expect(all.map(({ stream }) => stream)).toEqual(
      prefixes.flatMap((prefix) => [`${prefix}1`, `${prefix}1`]),
    );
    const seen = await followed(store, { after: null, prefixes, count: 120 });
    expect(idsOf(seen)).toEqual(idsOf(all));
  });

  it('may be slow: nothing is lost that the tail has let go', async () => {
    const { store } = await aLog();
    const signal = new AbortController().signal;
    const slow = store.subscribe({ after: null, prefixes: ['s-'], signal })[Symbol.asyncIterator]();
    await caughtUp(slow);
    const events = someEvents(5_000);
    for (let from = 0; from < events.length; from += 500)
      await store.append('s-1', 'any', events.slice(from, from + 500));
    const seen: string[] = [];
    while (seen.length < events.length) {
      const { value } = await slow.next();
      if (value?.kind === 'event') seen.push(value.event.id);
    }
    expect(seen).toEqual(idsOf(events));
  });
});

describe('opening', () => {
  it('gives whoever races for it the same epoch', async () => {
    const node = await aNode();
    ends.push(node.end);
    const { connectionString } = node;
    const opened = await Promise.all(
      Array.from({ length: 4 }, () => openEventStoreDb({ connectionString })),
    );
    for (const { close } of opened) ends.push(close);
    expect(new Set(opened.map(({ epoch }) => epoch)).size).toBe(1);
    const again = await openEventStoreDb({ connectionString });
    ends.push(again.close);
    expect(again.epoch).toBe(opened[0]?.epoch);
    const made = await collected(node.client.readStream('casement-log'));
    expect(made).toHaveLength(1);
  });

  it('discovers a node, and takes KurrentDB’s scheme', async () => {
    const { node } = await aLog();
    for (const connectionString of [
      node.discoverConnectionString,
      node.connectionString.replace('esdb:', 'kurrentdb:'),
    ]) {
      const { store, close } = await openEventStoreDb({ connectionString });
      expect(await store.append('s-1', 'any', [anEvent()])).toHaveProperty('position');
      await close();
    }
  });

  it('takes TLS, a name and a password from the connection string', async () => {
    const { node, store } = await aLog({ users: { casement: 'a: pässword' } });
    expect(node.connectionString).toContain('tlsCAFile');
    const event = anEvent();
    await store.append('s-1', 'no-stream', [event]);
    expect(idsOf(await followed(store, { after: null, prefixes: ['s-'], count: 1 }))).toEqual([
      event.id,
    ]);
    const connectionString = node.connectionString.replace(/\/\/[^@]*@/, '//casement:wrong@');
    const refused = openEventStoreDb({ connectionString });
    expect(await took(refused)).toBeLessThan(AT_ONCE_MS);
    expect(await errorOf(refused)).toBeInstanceOf(StoreUnavailable);
  });

  it('refuses what would have appends answer a wrong revision', async () => {
    const { node } = await aLog();
    const connectionString = `${node.connectionString}&throwOnAppendFailure=false`;
    expect(await errorOf(openEventStoreDb({ connectionString }))).toBeInstanceOf(TypeError);
  });

  it('waits for a server that is not there yet, until it is told to stop', async () => {
    const node = await aNode();
    ends.push(node.end);
    await node.connections.refuse();
    const { connectionString } = node;
    const opening = openEventStoreDb({ connectionString });
    const giving = new AbortController();
    const other = openEventStoreDb({ connectionString, signal: giving.signal });
    setTimeout(() => giving.abort(), 200);
    expect(await errorOf(other)).toBeInstanceOf(StoreUnavailable);
    await node.connections.accept();
    const { epoch, close } = await opening;
    expect(epoch).not.toBe('');
    await close();
  });
});

describe('the server’s own limit', () => {
  it('is told as ours is', async () => {
    const { store } = await aLog({ appendBytesMax: 1_000 });
    const refusal = await errorOf(
      store.append('s-1', 'any', [anEvent({ text: 'x'.repeat(2_000) })]),
    );
    expect(refusal).toBeInstanceOf(AppendTooLarge);
    expect(refusal).toMatchObject({ limit: 1_000 });
    expect(await shown(store, 's-1')).toEqual([]);
  });
});
