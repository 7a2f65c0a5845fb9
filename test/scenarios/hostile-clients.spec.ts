import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { Casement, type Answer } from '../harness/casement.js';
import { eventually, inParallel, scenarioMsMax } from '../harness/eventually.js';
import { documents } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

const MiB = 1024 * 1024;
/** What garbage collection leaves lying about; what leaks is several times as much in each case. */
const growthMax = 80 * MiB;
/** A neighbour's query takes milliseconds; this much longer than usual is no standstill. */
const neighbourMsMax = 5_000;

/** So little room that what nobody holds any more is collected, and does not lie about. */
const environment = { NODE_OPTIONS: '--max-old-space-size=128' };

let casement: Casement;
let talk: Talk;
let conversationId: string;
let start: string;

const measured = async (name: string): Promise<number> => {
  const text = await (await casement.get('/metrics')).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
};
const memory = (): Promise<number> => measured('process_resident_memory_bytes');
const subscribers = (): Promise<number> => measured('subscription_clients');

/** A client of server-sent events who asks, and then reads nothing. */
const paused = (body: string): Socket => {
  const socket = connect(Number(new URL(casement.demo.url).port), '127.0.0.1');
  socket.on('error', () => undefined).pause();
  socket.write(
    'POST /graphql/stream HTTP/1.1\r\nHost: casement\r\nContent-Type: application/json\r\n' +
      `Authorization: Bearer ${casement.demo.tokens.agent}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
};

/** Asks like anybody else, again and again, until it is told to stop: how long the longest took. */
const neighbour = () => {
  const done = new AbortController();
  let longestMs = 0;
  const asking = (async () => {
    while (!done.signal.aborted) {
      const from = performance.now();
      expect((await talk.conversation(conversationId)).id).toBe(conversationId);
      longestMs = Math.max(longestMs, performance.now() - from);
    }
  })();
  return async (): Promise<number> => {
    done.abort();
    await asking;
    return longestMs;
  };
};

/** Does harm, with a neighbour beside it; memory before and after are the same but for the usual. */
const unnoticed = async (harm: () => Promise<void>): Promise<void> => {
  // The first time fills caches that stay filled, and have limits of their own.
  await harm();
  const before = await memory();
  const stop = neighbour();
  await harm();
  expect(await stop()).toBeLessThan(neighbourMsMax);
  // Memory comes back when it is collected, and not at once.
  await eventually('memory as before', async () => (await memory()) < before + growthMax);
};

beforeAll(async () => {
  casement = await Casement.start({ environment });
  talk = new Talk(casement);
  ({ id: conversationId } = await talk.customerWrites('447700900961', 'Hello'));
  start = await talk.position();
  for (let index = 0; index < 99; index += 1)
    await casement.simulator.writes('447700900961', 'x'.repeat(4_000));
  await talk.customerWrites('447700900961', 'the last');
});
afterAll(() => casement.remove());

describe('a hostile GraphQL document', () => {
  const quoted = '{ quoted { conversation '.repeat(60);
  const deep = `{ conversations { nodes ${quoted}{ id }${' } }'.repeat(60)} } }`;
  const circles = '{ fields { type '.repeat(20);
  const manyFragments = Array.from(
    { length: 30 },
    (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} ...F${at + 1} }`,
  ).join(' ');

  it.each([
    ['deep', `{ ${'a { '.repeat(300)} b ${' }'.repeat(300)} }`],
    ['deep in the schema', deep],
    ['wide', `{ ${'viewer { user { id } } '.repeat(150)} }`],
    ['very wide', `{ ${'viewer { user { id } } '.repeat(8_000)} }`],
    [
      'aliased',
      `{ ${Array.from({ length: 200 }, (_, at) => `a${at}: viewer { __typename }`).join(' ')} }`,
    ],
    ['dear', '{ conversations(first: 100) { nodes { messages(first: 100) { nodes { id } } } } }'],
    ['too large a page', '{ conversations(first: 1000000) { nodes { id } } }'],
    ['of circular fragments', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['of fragments that multiply', `{ ...F0 } ${manyFragments} fragment F30 on Query { nothing }`],
    ['full of directives', `{ viewer ${'@include(if: true) '.repeat(200)} { __typename } }`],
    ['of nothing but brackets', '{'.repeat(100_000)],
    ['of one long name', `{ ${'a'.repeat(200_000)} }`],
    ['introspecting in circles', `{ __schema { types ${circles}{ name }${' } }'.repeat(20)} } }`],
  ])('that is %s is refused with 400', async (_, query) => {
    const from = performance.now();
    const { status, data, errors } = await casement.ask('agent', query);
    expect({ status, data }).toEqual({ status: 400, data: null });
    expect(errors.length).toBeLessThanOrEqual(21);
    expect(errors[0]?.extensions.code).toMatch(/LIMIT_EXCEEDED|GRAPHQL_(VALIDATION|PARSE)_FAILED/);
    expect(performance.now() - from).toBeLessThan(neighbourMsMax);
  });

  const authorization = () => ({ authorization: `Bearer ${casement.demo.tokens.agent}` });
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  it.each<readonly [string, number, () => Promise<Answer<unknown>>]>([
    [
      'larger than a request may be',
      413,
      () => casement.ask('agent', documents.inbox, { filter: { search: 'x'.repeat(300_000) } }),
    ],
    [
      'nested thousands of times',
      400,
      () =>
        casement.post(
          `{"query":"query($id: ID!) { conversation(id: $id) { id } }",` +
            `"variables":{"id":${nested(20_000)}}}`,
          authorization(),
        ),
    ],
    [
      'that poison prototypes',
      400,
      () =>
        casement.post(
          '{"query":"{ viewer { __typename } }","variables":{"__proto__":{"x":1}}}',
          authorization(),
        ),
    ],
  ])('with variables %s is refused: %i', async (_, status, asked) => {
    const answer = await asked();
    expect([answer.status, answer.data]).toEqual([status, null]);
    expect(JSON.stringify(answer.errors)).not.toMatch(/node_modules|RangeError|at .*\.js/);
  });

  it('S8: a thousand of them leave memory flat, and a neighbour does not notice', async () => {
    const queries = [
      deep,
      `{ ${'viewer { user { id } } '.repeat(150)} }`,
      `{ ...F0 } ${manyFragments}`,
    ];
    await unnoticed(async () => {
      const all = Array.from({ length: 1_000 }, (_, at) => `${queries[at % 3] ?? ''} # ${at}`);
      const answers = await inParallel(all, 10, (query) => casement.ask('agent', query));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    });
  });
});

describe('a hostile subscriber', () => {
  const query = 'subscription { inboxChanged { cursor conversation { id } } }';
  const opened = async (): Promise<WebSocket> => {
    const socket = new WebSocket(casement.demo.graphqlWsUrl, 'graphql-transport-ws');
    await new Promise((resolve) => socket.once('open', resolve));
    const acknowledged = new Promise((resolve) => socket.once('message', resolve));
    const payload = { authorization: `Bearer ${casement.demo.tokens.agent}` };
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
    await acknowledged;
    return socket;
  };
  const subscribe = (socket: WebSocket, id: number): void =>
    socket.send(JSON.stringify({ type: 'subscribe', id: `s${id}`, payload: { query } }));

  it('S14: who wants 10,000 subscriptions on one socket is closed with a reason', async () => {
    await unnoticed(async () => {
      const socket = await opened();
      const closed = new Promise((resolve) =>
        socket.once('close', (code, reason) => resolve([code, String(reason)])),
      );
      for (let id = 0; id < 10_000; id += 1) subscribe(socket, id);
      expect(await closed).toEqual([4429, 'Too many refused subscriptions']);
    });
  });

  it('S14: who asks and never reads is not listened to, and gone when it answers no ping', async () => {
    const before = await memory();
    const socket = await opened();
    socket.pause();
    const pad = 'x'.repeat(1_000);
    const stop = neighbour();
    // Each would be answered with as much again.
    for (let sent = 0; sent < 100_000; sent += 1) {
      socket.send(JSON.stringify({ type: 'ping', payload: { pad } }));
      if (sent % 500 === 0) await new Promise(setImmediate);
    }
    await eventually('the most of it unheard', async () => (await memory()) < before + growthMax);
    expect(socket.bufferedAmount).toBeGreaterThan(50 * MiB);
    expect(await stop()).toBeLessThan(neighbourMsMax);
    await eventually('the end of the socket', async () => (await subscribers()) === 0, 90_000);
    socket.terminate();
  });

  it('GQ8: who pauses streams of large events costs one event each, and is ended', async () => {
    // Some 400 KB for each of more than fifty changes, twenty times over.
    const query = `subscription($id: ID!, $after: Cursor) {
      conversationChanged(id: $id, after: $after) {
        conversation { messages(first: 100) { nodes { content { ... on TextContent { text } } } } }
      } }`;
    const body = JSON.stringify({ query, variables: { id: conversationId, after: start } });
    const before = await memory();
    const stop = neighbour();
    const sockets = Array.from({ length: 20 }, () => paused(body));
    await eventually('twenty streams', async () => (await subscribers()) === 20);
    await eventually('their end', async () => (await subscribers()) === 0, 120_000);
    expect(await stop()).toBeLessThan(neighbourMsMax);
    // All of it kept would be 400 MiB; what the collector has not fetched yet is not kept.
    expect(await memory()).toBeLessThan(before + 200 * MiB);
    for (const socket of sockets) socket.destroy();
  });

  it('S14: who opens more streams than a member may is told to wait', async () => {
    const body = JSON.stringify({ query, variables: {} });
    const sockets = Array.from({ length: 100 }, () => paused(body));
    await eventually('a hundred streams', async () => (await subscribers()) === 100);
    const { status, headers } = await fetch(`${casement.demo.url}/graphql/stream`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${casement.demo.tokens.agent}`,
      },
      body,
    });
    expect([status, headers.get('retry-after')]).toEqual([429, '1']);
    for (const socket of sockets) socket.destroy();
    await eventually('no stream', async () => (await subscribers()) === 0);
  });
});
