import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { createLog } from '../http/log.js';
import { Client, eventually } from '../spec/client.js';
import { ORIGIN, startFixture } from '../spec/fixture.js';
import type { Fixture } from '../spec/fixture.js';
import { held } from '../spec/resolvers.js';
import { SOCKET_LIMITS } from './options.js';
import { socketFor } from './protocol.js';

const TICKS = 'subscription { ticks }';

describe('subscriptions over WebSocket', () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await startFixture({
      socketLimits: { initMsMax: 300, recheckEveryMs: 20, pingEveryMs: 200 },
    });
  });
  afterEach(() => fixture.close());

  const client = (options = {}, protocol?: string) =>
    new Client(fixture.webSocketUrl, options, protocol);
  const signedIn = async (as = 'viewer', expiresInSeconds = 600) =>
    client().init({ authorization: `Bearer ${await fixture.token(as, expiresInSeconds)}` });
  const errorOf = async (connected: Client, query: string, variables?: object) => {
    connected.subscribe('e', query, variables);
    const refused = await connected.until(({ id }) => id === 'e');
    return JSON.stringify(refused);
  };

  it('delivers every value and the end of a subscription', async () => {
    const connected = await signedIn();
    connected.subscribe('s', 'subscription($count: Int!) { many(count: $count) }', { count: 3 });
    await connected.until(({ type }) => type === 'complete');
    const values = connected.received.flatMap(({ type, payload }) =>
      type === 'next' ? [payload] : [],
    );
    expect(values).toEqual([1, 2, 3].map((many) => ({ data: { many } })));
  });

  it('takes the token from the upgrade’s header as well', async () => {
    const authorization = `Bearer ${await fixture.token('viewer')}`;
    const connected = await client({ headers: { authorization } }).init();
    expect(connected.received).toEqual([{ type: 'connection_ack' }]);
  });

  it('closes with 4403 for no token, a forged one, and a stranger’s', async () => {
    const stranger = `Bearer ${await fixture.token('stranger')}`;
    for (const authorization of [undefined, 'Bearer a.b.c', stranger]) {
      const refused = await client().init({ authorization });
      expect((await refused.closed).code).toBe(4403);
    }
  });

  it('S15: closes with 4403 the moment the token expires', async () => {
    const connected = await signedIn('viewer', 1);
    connected.subscribe('s', TICKS);
    expect(await connected.closed).toEqual({ code: 4403, reason: 'Token expired' });
    await eventually(() => held.subscribers === 0);
  });

  it('S15: closes with 4403 when a capability is taken away or the member leaves', async () => {
    const [demoted, gone, unchanged] = [
      await signedIn('agent'),
      await signedIn('manager'),
      await signedIn('viewer'),
    ];
    const agent = fixture.members.get('agent');
    if (agent) fixture.members.set('agent', { ...agent, capabilities: new Set(['messages.view']) });
    fixture.members.delete('manager');
    expect(await demoted.closed).toEqual({ code: 4403, reason: 'Capabilities changed' });
    expect((await gone.closed).code).toBe(4403);
    expect(unchanged.socket.readyState).toBe(unchanged.socket.OPEN);
  });

  it('S14: closes whoever does not say in time who it is, or subscribes before', async () => {
    expect((await client().closed).code).toBe(4408);
    const hasty = client();
    await hasty.opened();
    hasty.subscribe('s', TICKS);
    expect((await hasty.closed).code).toBe(4401);
  });

  it('S14: lets only known origins in, and clients without any', async () => {
    const upgrade = (path: string, origin?: string) =>
      new Promise<string>((resolve) => {
        const { port } = new URL(fixture.url);
        const socket = connect(Number(port), '127.0.0.1', () =>
          socket.write(
            `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
              'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
              `Sec-WebSocket-Protocol: graphql-transport-ws\r\n` +
              `${origin === undefined ? '' : `Origin: ${origin}\r\n`}\r\n`,
          ),
        );
        socket.once('data', (data) => {
          socket.destroy();
          resolve(String(data).split('\r\n')[0] ?? '');
        });
      });
    expect(await upgrade('/graphql', 'https://evil.test')).toBe('HTTP/1.1 403 Forbidden');
    expect(await upgrade('/graphql', 'null')).toBe('HTTP/1.1 403 Forbidden');
    expect(await upgrade('/elsewhere', ORIGIN)).toBe('HTTP/1.1 404 Not Found');
    expect(await upgrade('/graphql', ORIGIN)).toBe('HTTP/1.1 101 Switching Protocols');
    expect(await upgrade('/graphql')).toBe('HTTP/1.1 101 Switching Protocols');
  });

  it('S14: allows twenty subscriptions on a socket and not one more', async () => {
    const connected = await signedIn();
    for (let index = 0; index < 20; index += 1) connected.subscribe(`s${index}`, TICKS);
    await eventually(() => connected.received.filter(({ type }) => type === 'next').length === 20);
    expect(await errorOf(connected, TICKS)).toContain('"code":"LIMIT_EXCEEDED"');
    connected.send({ type: 'complete', id: 's0' });
    await eventually(() => held.subscribers === 19);
    connected.subscribe('again', TICKS);
    expect(await connected.until(({ id }) => id === 'again')).toMatchObject({ type: 'next' });
  });

  it('S14: closes whoever goes on asking for what is refused', async () => {
    const connected = await signedIn();
    for (let index = 0; index < 20; index += 1) connected.subscribe(`s${index}`, TICKS);
    for (let index = 0; index < 100; index += 1) connected.subscribe(`r${index}`, TICKS);
    connected.subscribe('bad', 'subscription {');
    expect(await connected.closed).toEqual({
      code: 4429,
      reason: 'Too many refused subscriptions',
    });
    await eventually(() => held.subscribers === 0);
  });

  it('S14: listens no longer to who asks faster than it can be answered', async () => {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    let heard = 0;
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const limits = { ...SOCKET_LIMITS, messagesMax: 8 };
    sockets.on('connection', (socket) =>
      socketFor(socket, limits, createLog('silent', new PassThrough())).onMessage(() => {
        heard += 1;
        return answered;
      }),
    );
    await once(sockets, 'listening');
    const asking = new WebSocket(`ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`);
    await once(asking, 'open');
    // One message fills what is read at once: those that were read before the pause are heard yet.
    const message = 'x'.repeat(64 * 1024);
    for (let index = 0; index < 100; index += 1) asking.send(message);
    await eventually(() => heard >= 8);
    for (let turn = 0; turn < 1_000; turn += 1) await new Promise(setImmediate);
    expect(heard).toBeLessThan(12);
    answer();
    await eventually(() => heard === 100);
    asking.terminate();
    sockets.close();
  });

  it('S14: takes a frame of 64 KiB and closes with 1009 for a larger one', async () => {
    const connected = await signedIn();
    const frame = (bytes: number) => {
      const empty = JSON.stringify({ type: 'ping', payload: { pad: '' } });
      return { type: 'ping', payload: { pad: 'x'.repeat(bytes - empty.length) } };
    };
    connected.send(frame(64 * 1024));
    expect(await connected.until(({ type }) => type === 'pong')).toBeDefined();
    connected.send(frame(64 * 1024 + 1));
    expect((await connected.closed).code).toBe(1009);
  });

  it('refuses queries and mutations, and tells where they belong', async () => {
    const connected = await signedIn('agent');
    for (const query of ['{ open }', 'mutation { say(input: {text: "hi"}) { text } }'])
      expect(await errorOf(connected, query)).toContain('POST this to /graphql');
  });

  it('S14: holds the limits of HTTP, names fields and masks alike', async () => {
    const connected = async (query: string, variables?: object) =>
      errorOf(await signedIn(), query, variables);
    const spread = '... on Subscription { ticks } '.repeat(300);
    expect(await connected(`subscription { ${spread} }`)).toContain('"code":"LIMIT_EXCEEDED"');
    const directives = '@include(if: true) '.repeat(51);
    expect(await connected(`subscription { ticks ${directives} }`)).toContain('LIMIT_EXCEEDED');
    expect(await connected('subscription {')).toContain('GRAPHQL_PARSE_FAILED');
    const unknown = await connected('subscription { tick }');
    expect(unknown).toContain('GRAPHQL_VALIDATION_FAILED');
    expect(unknown).not.toContain('Did you mean');
    expect(await connected('subscription { many(count: "x") }')).toContain('"field":"count"');
    const byVariable = 'subscription($count: Int!) { many(count: $count) }';
    expect(await connected(byVariable, { count: 'x' })).toContain('"code":"BAD_USER_INPUT"');
    expect(await connected('subscription { closed }')).toContain('"code":"CAPABILITY_MISSING"');
  });

  it('S17: masks what fails in the middle of a subscription', async () => {
    const connected = await signedIn();
    connected.subscribe('s', 'subscription { fails }');
    const failed = await connected.until(({ type }) => type === 'error');
    expect(JSON.stringify(failed)).toContain('"code":"INTERNAL"');
    expect(JSON.stringify(failed)).not.toMatch(/SELECT|casement\.db/);
    expect(fixture.logged()).not.toContain('SELECT');
  });

  it('closes what is no message of the protocol, and what speaks another', async () => {
    const connected = await signedIn();
    connected.socket.send('{"type":');
    expect((await connected.closed).code).toBe(4400);
    const foreign = new Client(fixture.webSocketUrl, {}, 'graphql-ws');
    await foreign.closed;
    expect(foreign.received).toEqual([]);
  });

  it('leaks no subscriber over a hundred disconnects, polite, abrupt and premature', async () => {
    const leave = async (index: number) => {
      const connected = await signedIn();
      connected.subscribe('s', TICKS);
      if (index % 4 !== 0) await connected.until(({ type }) => type === 'next');
      if (index % 4 === 1) connected.send({ type: 'complete', id: 's' });
      if (index % 2 === 0) connected.socket.terminate();
      else connected.socket.close();
      await connected.closed;
    };
    for (let batch = 0; batch < 10; batch += 1)
      await Promise.all(Array.from({ length: 10 }, (_, index) => leave(index)));
    await eventually(() => held.subscribers === 0 && fixture.subscriptions.sockets() === 0);
  });

  it('lets the id of a completed subscription come again at once, and keeps them apart', async () => {
    const connected = await signedIn();
    connected.subscribe('s', TICKS);
    for (let again = 0; again < 20; again += 1) {
      await connected.until(({ type }) => type === 'next');
      connected.received.length = 0;
      connected.send({ type: 'complete', id: 's' });
      connected.subscribe('s', TICKS);
    }
    await connected.until(({ type }) => type === 'next');
    expect(connected.received.map(({ type }) => type)).toEqual(['next']);
    expect(held.subscribers).toBe(1);
    connected.send({ type: 'complete', id: 's' });
    await eventually(() => held.subscribers === 0);
    connected.socket.close();
    await connected.closed;
  });

  it('refuses a subscription whose only field is or may be skipped, and that alone', async () => {
    const connected = await signedIn();
    const skipped = 'subscription { many(count: 1) @skip(if: true) }';
    expect(await errorOf(connected, skipped)).toContain('BAD_USER_INPUT');
    connected.received.length = 0;
    const asked = 'subscription($s: Boolean!) { many(count: 1) @skip(if: $s) }';
    expect(await errorOf(connected, asked, { s: false })).toContain('GRAPHQL_VALIDATION_FAILED');
    connected.subscribe('s', 'subscription { many(count: 1) @skip(if: false) }');
    await connected.until(({ type }) => type === 'next');
    connected.socket.close();
    await connected.closed;
  });

  it('terminates a socket that no longer answers pings', async () => {
    const connected = await client({ autoPong: false }).init({
      authorization: `Bearer ${await fixture.token('viewer')}`,
    });
    expect((await connected.closed).code).toBe(1006);
  });

  it('O2: closes every socket with 1001 at the end, and lets nobody else in', async () => {
    const connected = await Promise.all([signedIn(), signedIn()]);
    connected[0].subscribe('s', TICKS);
    await connected[0].until(({ type }) => type === 'next');
    await fixture.subscriptions.close();
    expect((await connected[0].closed).code).toBe(1001);
    expect((await connected[1].closed).code).toBe(1001);
    expect((await client().closed).code).toBe(1006);
    expect(held.subscribers).toBe(0);
  });
});
