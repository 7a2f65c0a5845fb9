import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../spec/client.js';
import { EventStream } from '../spec/event-stream.js';
import type { StreamEvent } from '../spec/event-stream.js';
import { startFixture } from '../spec/fixture.js';
import type { Fixture } from '../spec/fixture.js';
import { held } from '../spec/resolvers.js';

const TICKS = { query: 'subscription { ticks }' };
const CHANGES =
  'subscription($to: Int!, $after: Cursor) { changes(to: $to, after: $after) { number } }';

describe('subscriptions as server-sent events', () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await startFixture({
      streamLimits: {
        recheckEveryMs: 20,
        keepAliveEveryMs: 50,
        streamsPerMemberMax: 5,
        stalledMsMax: 300,
        closeMsMax: 300,
      },
    });
  });
  afterEach(() => fixture.close());

  const bearer = async (as: string, expiresInSeconds = 600) => ({
    authorization: `Bearer ${await fixture.token(as, expiresInSeconds)}`,
  });
  const open = async (body: object, headers: Record<string, string> = {}, as = 'viewer') => {
    const stream = new EventStream();
    await stream.open(fixture.url, { ...(await bearer(as)), ...headers }, body);
    return stream.read();
  };
  const whole = async (body: object, headers: Record<string, string> = {}) =>
    (await open(body, headers)).whole();
  const codeOf = (event: StreamEvent | undefined) => event?.data?.errors?.[0]?.extensions['code'];
  const refused = async (
    body: object | string,
    headers: Record<string, string> = {},
    method = 'POST',
  ) => {
    const response = await fetch(`${fixture.url}/graphql/stream`, {
      method,
      headers: { 'content-type': 'application/json', ...(await bearer('viewer')), ...headers },
      ...(method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const { errors } = (await response.json()) as { errors: StreamEvent['data'] & object };
    return { response, error: (errors as unknown as { extensions: object }[])[0]?.extensions };
  };

  it('GQ7: delivers every value with its cursor as id, then the end', async () => {
    const events = await whole({ query: CHANGES, variables: { to: 3 } });
    expect(events).toEqual([
      ...[1, 2, 3].map((number) => ({
        event: 'next',
        id: `c-${number}`,
        data: { data: { changes: { number } } },
      })),
      { event: 'complete', id: null, data: null },
    ]);
  });

  it('GQ7: goes on after Last-Event-ID, whatever `after` says, and wherever it stands', async () => {
    const header = { 'last-event-id': 'c-7' };
    const ids = async (body: object, headers: Record<string, string>) =>
      (await whole(body, headers)).flatMap(({ id }) => id ?? []);
    const rest = ['c-8', 'c-9'];
    expect(await ids({ query: CHANGES, variables: { to: 9 } }, header)).toEqual(rest);
    expect(await ids({ query: CHANGES, variables: { to: 9, after: 'c-2' } }, header)).toEqual(rest);
    const literal =
      'subscription { ...S } fragment S on Subscription { changes(to: 9, after: "c-5") { text } }';
    expect(await ids({ query: literal }, header)).toEqual(rest);
    expect(await ids({ query: literal }, {})).toEqual(['c-6', 'c-7', ...rest]);
    expect(await ids({ query: literal }, { 'last-event-id': '' })).toEqual(['c-6', 'c-7', ...rest]);
    const [wrong] = await whole({ query: literal }, { 'last-event-id': 'no cursor!' });
    expect(wrong?.data?.errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'Last-Event-ID',
    });
  });

  it('says when to come again, keeps the line alive, and is no page', async () => {
    const stream = new EventStream();
    const { status, headers } = await stream.open(fixture.url, await bearer('viewer'), TICKS);
    stream.read();
    await eventually(() => stream.text.includes('\n:\n'));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-correlation-id')).not.toBeNull();
    expect(stream.text.startsWith('retry: 2000\n\n')).toBe(true);
  });

  it('answers queries once, and refuses mutations', async () => {
    const answered = await whole({ query: '{ whoAmI { id } }' });
    expect(answered.map(({ event }) => event)).toEqual(['next', 'complete']);
    expect(answered[0]?.data).toEqual({ data: { whoAmI: { id: 'viewer' } } });
    const before = held.executions;
    const [no] = await whole({ query: 'mutation { say(input: {text: "hi"}) { text } }' });
    expect(no?.data?.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'query' });
    expect(held.executions).toBe(before);
  });

  it('S14: holds the limits of HTTP, and tells what is wrong before it completes', async () => {
    const told = async (query: string, variables?: object) => {
      const events = await whole({ query, variables });
      expect(events.map(({ event }) => event)).toEqual(['next', 'complete']);
      return codeOf(events[0]);
    };
    const aliases = Array.from({ length: 16 }, (_, at) => `a${at}: open`).join(' ');
    const deep = `{ chain ${'{ next '.repeat(11)} { value }${' }'.repeat(11)} }`;
    const dear =
      '{ things(first: 100) { edges { node { things(first: 100) { edges { node { id } } } } } } }';
    for (const query of [`{ ${aliases} }`, deep, dear])
      expect(await told(query)).toBe('LIMIT_EXCEEDED');
    expect(await told('subscription {')).toBe('GRAPHQL_PARSE_FAILED');
    expect(await told('subscription { tick }')).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await told(CHANGES, { to: 'x' })).toBe('BAD_USER_INPUT');
    expect(await told('subscription { closed }')).toBe('CAPABILITY_MISSING');
  });

  it('S11: hides the schema where it is not public', async () => {
    const hidden = await startFixture({ introspection: false });
    const stream = new EventStream();
    const authorization = `Bearer ${await hidden.token('viewer')}`;
    const query = '{ __schema { queryType { name } } }';
    await stream.open(hidden.url, { authorization }, { query });
    expect(codeOf((await stream.read().whole())[0])).toBe('GRAPHQL_VALIDATION_FAILED');
    await hidden.close();
  });

  it('S17: masks what fails in the middle', async () => {
    const events = await whole({ query: 'subscription { fails }' });
    expect(events.map(({ event }) => event)).toEqual(['next', 'next', 'complete']);
    expect(codeOf(events[1])).toBe('INTERNAL');
    expect(JSON.stringify(events)).not.toMatch(/SELECT|casement\.db/);
  });

  it('refuses what is no request of the protocol, by plain HTTP', async () => {
    expect((await refused(TICKS, {}, 'GET')).response.headers.get('allow')).toBe('POST');
    const cases: readonly (readonly [number, object | string, Record<string, string>, object])[] = [
      [401, TICKS, { authorization: 'Bearer a.b.c' }, { code: 'UNAUTHENTICATED' }],
      [401, TICKS, { authorization: '' }, { code: 'UNAUTHENTICATED' }],
      [406, TICKS, { accept: 'application/json' }, { code: 'BAD_USER_INPUT', field: 'accept' }],
      [400, 'null', {}, { code: 'BAD_USER_INPUT', field: 'body' }],
      [400, [], {}, { code: 'BAD_USER_INPUT', field: 'body' }],
      [400, '{', {}, { code: 'BAD_USER_INPUT', field: 'body' }],
      [400, {}, {}, { code: 'BAD_USER_INPUT', field: 'query' }],
      [400, { ...TICKS, variables: [] }, {}, { code: 'BAD_USER_INPUT', field: 'variables' }],
      [400, { ...TICKS, operationName: 1 }, {}, { code: 'BAD_USER_INPUT', field: 'operationName' }],
      [400, { ...TICKS, extensions: 'x' }, {}, { code: 'BAD_USER_INPUT', field: 'extensions' }],
      [413, { pad: 'x'.repeat(256 * 1024) }, {}, { code: 'LIMIT_EXCEEDED', field: 'body' }],
    ];
    for (const [status, body, headers, extensions] of cases) {
      const { response, error } = await refused(body, headers);
      expect({ status: response.status, error }).toEqual({ status, error: extensions });
    }
  });

  it('allows a member so many streams, and another member theirs', async () => {
    const streams = await Promise.all(Array.from({ length: 5 }, () => open(TICKS)));
    const { response, error } = await refused(TICKS);
    expect([response.status, error]).toEqual([
      429,
      { code: 'LIMIT_EXCEEDED', limit: 5, actual: 6 },
    ]);
    const other = await open(TICKS, {}, 'agent');
    await other.until(({ length }) => length === 1);
    streams[0]?.leave();
    await eventually(() => fixture.streams.streams() === 5);
    await (await open(TICKS)).until(({ length }) => length === 1);
  });

  it('leaks no subscriber over forty readers who leave, at once or later', async () => {
    const leave = async (index: number) => {
      const stream = await open(TICKS);
      if (index % 2 === 0) await stream.until(({ length }) => length === 1);
      stream.leave();
      await stream.whole();
    };
    for (let batch = 0; batch < 10; batch += 1) {
      await Promise.all([0, 1, 2, 3].map(leave));
      await eventually(() => held.subscribers === 0 && fixture.streams.streams() === 0);
    }
  });

  it('S15: ends with the reason when the token expires or a capability goes', async () => {
    const headers = await bearer('agent', 1);
    const expiring = new EventStream();
    await expiring.open(fixture.url, headers, TICKS);
    expect(codeOf((await expiring.read().whole()).at(-1))).toBe('UNAUTHENTICATED');
    const demoted = await open(TICKS, {}, 'manager');
    await demoted.until(({ length }) => length === 1);
    fixture.members.delete('manager');
    const events = await demoted.whole();
    expect(codeOf(events.at(-1))).toBe('CAPABILITY_MISSING');
    expect(events.map(({ event }) => event)).not.toContain('complete');
    await eventually(() => held.subscribers === 0);
  });

  it('GQ8: asks for nothing more while a reader takes nothing, then ends with the reason', async () => {
    held.flooded = 0;
    const { port } = new URL(fixture.url);
    const body = JSON.stringify({ query: 'subscription { flood { number text } }' });
    const { authorization } = await bearer('viewer');
    const socket = connect(Number(port), '127.0.0.1');
    socket.pause();
    socket.write(
      `POST /graphql/stream HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await eventually(() => fixture.streams.streams() === 1 && held.flooded > 0);
    await eventually(() => fixture.streams.streams() === 0);
    // What fits into the buffers of both kernels, at 64 KiB each.
    expect(held.flooded).toBeLessThan(500);
    expect(held.subscribers).toBe(0);
    socket.destroy();
  });

  it('GQ8: tells the reason to a reader who wakes up in time', async () => {
    const stream = new EventStream();
    held.flooded = 0;
    await stream.open(fixture.url, await bearer('viewer'), {
      query: 'subscription { flood { text } }',
    });
    await eventually(() => held.subscribers === 1 && held.flooded > 0);
    await eventually(() => held.subscribers === 0);
    const events = await stream.read().whole();
    expect(events.at(-1)?.data?.errors?.[0]?.extensions).toEqual({
      code: 'LIMIT_EXCEEDED',
      limit: 300,
    });
  });

  it('O2: tells everyone at the end that it goes, and lets nobody else in', async () => {
    const streams = await Promise.all([open(TICKS), open(TICKS)]);
    for (const stream of streams) await stream.until(({ length }) => length === 1);
    const closing = fixture.streams.close();
    const { response, error } = await refused(TICKS);
    expect([response.status, error]).toEqual([503, { code: 'GOING_AWAY' }]);
    await closing;
    for (const stream of streams) {
      const events = await stream.whole();
      expect(codeOf(events.at(-1))).toBe('GOING_AWAY');
      expect(events.map(({ event }) => event)).not.toContain('complete');
    }
    expect(held.subscribers).toBe(0);
  });
});
