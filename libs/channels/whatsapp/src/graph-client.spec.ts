import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallTerms } from '#channels/http';
import { createGraphClient, type GraphClient } from './graph-client.js';
import type { OutboundContent, SendOutcome, SendRequest } from './sender.js';

type Received = { readonly url: string; readonly authorization: string; readonly body: unknown };
type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

let received: Received[];
let behave: Behaviour;
let server: Server;
let client: GraphClient;

const listening = async (started: Server | TcpServer): Promise<number> => {
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return (started.address() as AddressInfo).port;
};

const clientOf = (url: string): GraphClient =>
  createGraphClient({
    graphUrl: url,
    version: 'v25.0',
    accessToken: 'token',
    connectTimeoutMs: 2_000,
    answerTimeoutMs: 150,
    connectionsMax: 4,
    monotonicMs: () => performance.now(),
  });

const terms = (changed: Partial<CallTerms>): CallTerms => ({
  startBeforeMs: performance.now() + 10_000,
  signal: new AbortController().signal,
  ...changed,
});

const request: SendRequest = {
  phoneNumberId: '1070',
  to: { kind: 'phone', phone: '+447700900281' },
  content: { kind: 'text', text: 'It is ready 👍' },
  callbackData: '1.thread.message.1',
};

const words = {
  kind: 'interactive',
  header: 'Your car',
  body: 'When?',
  footer: 'AcmeMotors',
} as const;
const sections = [
  { title: 'Today', rows: [{ id: 'a', title: 'At five', description: 'Or so' }] },
  { title: null, rows: [{ id: 'b', title: 'At six', description: null }] },
];

const send = (changed: Partial<CallTerms> = {}): Promise<SendOutcome> =>
  client.send(request, terms(changed));

const answering =
  (status: number, body: string, headers: { readonly [name: string]: string } = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(body);

const graphError = (code: number): string =>
  JSON.stringify({
    error: {
      message: `(#${code}) Said`,
      type: 'OAuthException',
      code,
      error_data: { details: 'd' },
    },
  });

const accepted = JSON.stringify({
  messaging_product: 'whatsapp',
  contacts: [{ input: '+447700900281', wa_id: '447700900281' }],
  messages: [{ id: 'wamid.out' }],
});

beforeEach(async () => {
  received = [];
  behave = answering(200, accepted);
  server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      received.push({
        url: `${incoming.method} ${incoming.url}`,
        authorization: incoming.headers.authorization ?? '',
        body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
      });
      behave(response, incoming);
    });
  });
  client = clientOf(`http://127.0.0.1:${await listening(server)}/`);
});

afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a text that is sent', () => {
  it('goes to the number with its plus and carries the callback data', async () => {
    await expect(send()).resolves.toEqual({
      kind: 'accepted',
      providerMessageId: 'wamid.out',
      waId: '447700900281',
      bsuid: null,
    });
    expect(received).toEqual([
      {
        url: 'POST /v25.0/1070/messages',
        authorization: 'Bearer token',
        body: {
          messaging_product: 'whatsapp',
          recipient_type: 'individual',
          to: '+447700900281',
          biz_opaque_callback_data: '1.thread.message.1',
          type: 'text',
          text: { body: 'It is ready 👍' },
        },
      },
    ]);
  });

  it('goes to a business-scoped id as recipient, and may quote', async () => {
    behave = answering(
      200,
      JSON.stringify({ contacts: [{ user_id: 'GB.1' }], messages: [{ id: 'wamid.out' }] }),
    );
    const quoting = { ...request, quotedProviderMessageId: 'wamid.in' };
    await expect(
      client.send({ ...quoting, to: { kind: 'bsuid', bsuid: 'GB.1' } }, terms({})),
    ).resolves.toMatchObject({ kind: 'accepted', waId: null, bsuid: 'GB.1' });
    expect(received[0]?.body).toMatchObject({
      recipient: 'GB.1',
      context: { message_id: 'wamid.in' },
    });
    expect(received[0]?.body).not.toHaveProperty('to');
  });

  it.each([
    [
      [
        { name: 'customer_name', value: 'Ada' },
        { name: 'price', value: '$40' },
      ],
      {
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', parameter_name: 'customer_name', text: 'Ada' },
              { type: 'text', parameter_name: 'price', text: '$40' },
            ],
          },
        ],
      },
    ],
    [[], {}],
  ])('C14: goes as a template with its parameters by name: %j', async (variables, told) => {
    const content = { kind: 'template', name: 'price', language: 'en_GB', variables } as const;
    await expect(client.send({ ...request, content }, terms({}))).resolves.toMatchObject({
      kind: 'accepted',
    });
    expect(received[0]?.body).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+447700900281',
      biz_opaque_callback_data: '1.thread.message.1',
      type: 'template',
      template: { name: 'price', language: { code: 'en_GB' }, ...told },
    });
  });

  it.each<[string, OutboundContent, object]>([
    [
      'a place',
      { kind: 'location', latitude: 51.5, longitude: -0.12, name: 'AcmeMotors', address: null },
      {
        type: 'location',
        location: { latitude: 51.5, longitude: -0.12, name: 'AcmeMotors' },
      },
    ],
    [
      'buttons',
      { ...words, action: { kind: 'buttons', buttons: [{ id: 'yes', title: 'Yes' }] } },
      {
        type: 'interactive',
        interactive: {
          type: 'button',
          header: { type: 'text', text: 'Your car' },
          body: { text: 'When?' },
          footer: { text: 'AcmeMotors' },
          action: { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Yes' } }] },
        },
      },
    ],
    [
      'a list',
      {
        ...words,
        header: null,
        footer: null,
        action: { kind: 'list', button: 'Choose', sections },
      },
      {
        type: 'interactive',
        interactive: {
          type: 'list',
          body: { text: 'When?' },
          action: {
            button: 'Choose',
            sections: [
              { title: 'Today', rows: [{ id: 'a', title: 'At five', description: 'Or so' }] },
              { rows: [{ id: 'b', title: 'At six' }] },
            ],
          },
        },
      },
    ],
    [
      'a button that opens a page',
      { ...words, action: { kind: 'url', text: 'Look', url: 'https://acme.test' } },
      {
        type: 'interactive',
        interactive: expect.objectContaining({
          type: 'cta_url',
          action: {
            name: 'cta_url',
            parameters: { display_text: 'Look', url: 'https://acme.test' },
          },
        }),
      },
    ],
  ])('R120, R124–R126: goes as %s', async (_, content, told) => {
    await client.send({ ...request, content }, terms({}));
    expect(received[0]?.body).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+447700900281',
      biz_opaque_callback_data: '1.thread.message.1',
      ...told,
    });
  });

  it('goes over one connection again and again, also when calls wait for it', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send()));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
    expect(received).toHaveLength(20);
  });
});

describe('a refusal of WhatsApp', () => {
  it.each([
    [400, 131047, 'window_expired'],
    [404, 132001, 'template_not_approved'],
    [400, 131026, 'invalid_phone_number'],
    [401, 190, 'access_token_expired'],
    [403, 131031, 'account_locked'],
    [400, 132015, 'template_paused'],
    [500, 131045, 'registration_incomplete'],
    [400, 999999, 'provider_error'],
  ])('F31: of status %i with %i rejects the message: %s', async (status, code, reason) => {
    behave = answering(status, graphError(code));
    await expect(send()).resolves.toMatchObject({
      kind: 'rejected',
      error: { code: String(code), message: `(#${code}) Said`, details: 'd' },
      errorClass: { reason },
    });
  });

  it.each([
    [429, 130429],
    [400, 130429],
    [400, 4],
    [400, 80007],
    [500, 131016],
    [503, 133004],
    [400, 131000],
  ])('F25: of status %i with %i means not sent, and to be tried again', async (status, code) => {
    behave = answering(status, graphError(code));
    await expect(send()).resolves.toMatchObject({ kind: 'deferred', retryAfterMs: null });
  });

  it('F25: says when to come back, at most an hour later', async () => {
    behave = answering(429, graphError(130429), { 'retry-after': '7' });
    await expect(send()).resolves.toMatchObject({ kind: 'deferred', retryAfterMs: 7_000 });
    behave = answering(429, '', { 'retry-after': '999999' });
    await expect(send()).resolves.toMatchObject({ kind: 'deferred', retryAfterMs: 3_600_000 });
    behave = answering(429, '', {
      date: 'Fri, 20 Nov 2026 14:00:00 GMT',
      'retry-after': 'Fri, 20 Nov 2026 14:00:30 GMT',
    });
    await expect(send()).resolves.toMatchObject({ kind: 'deferred', retryAfterMs: 30_000 });
    behave = answering(429, '', { 'retry-after': 'soon' });
    await expect(send()).resolves.toMatchObject({ kind: 'deferred', retryAfterMs: null });
  });

  it('F26: for the rate of one customer waits at least six seconds', async () => {
    behave = answering(400, graphError(131056));
    await expect(send()).resolves.toMatchObject({ kind: 'deferred', retryAfterMs: 6_000 });
    behave = answering(400, graphError(131056), { 'retry-after': '1' });
    await expect(send()).resolves.toMatchObject({ kind: 'deferred', retryAfterMs: 6_000 });
  });
});

describe('an outcome that nobody knows', () => {
  it.each([
    ['F27', 500, '<html>'],
    ['F27', 502, ''],
    ['F27', 500, graphError(131000)],
    ['F27', 503, graphError(2)],
    ['F27', 500, graphError(999999)],
    ['F29', 404, 'not here'],
    ['F29', 307, ''],
    ['F30', 200, '{"messages":[{}]}'],
    ['F30', 200, '{"messages":[{"id":"wam'],
    ['F30', 200, ''],
    ['F30', 204, ''],
  ])('%s: is a %i with %j', async (_, status, body) => {
    behave = answering(status, body);
    await expect(send()).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('F29: is a connection that is cut after the request arrived', async () => {
    behave = (_, incoming) => incoming.socket.resetAndDestroy();
    await expect(send()).resolves.toMatchObject({ kind: 'unknown' });
    expect(received).toHaveLength(1);
  });

  it('F29: is an answer that does not come in time', async () => {
    behave = () => undefined;
    await expect(send()).resolves.toEqual({ kind: 'unknown', why: 'timeout' });
    expect(received).toHaveLength(1);
  });

  it('F30: is an answer that is cut short', async () => {
    behave = (response, incoming) => {
      response.writeHead(200, { 'content-length': '1000' }).write(accepted.slice(0, 20));
      setImmediate(() => incoming.socket.destroy());
    };
    await expect(send()).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('F30: is an answer without an end', async () => {
    behave = (response) => response.end(Buffer.alloc(300_000, ' '));
    await expect(send()).resolves.toMatchObject({ kind: 'unknown', why: expect.any(String) });
  });

  it('F29: is a call that is called off after it was begun', async () => {
    const calledOff = new AbortController();
    behave = () => calledOff.abort();
    await expect(send({ signal: calledOff.signal })).resolves.toEqual({
      kind: 'unknown',
      why: 'aborted',
    });
  });

  it('F29: is a connection kept open that the other side had closed meanwhile', async () => {
    let served = 0;
    behave = (response, incoming) => {
      served += 1;
      if (served === 1) response.end(accepted);
      else incoming.socket.resetAndDestroy();
    };
    await expect(send()).resolves.toMatchObject({ kind: 'accepted' });
    await expect(send()).resolves.toMatchObject({ kind: 'unknown' });
  });
});

describe('a message that certainly did not leave', () => {
  it('F28: met a refused connection', async () => {
    const closed = createTcpServer();
    const port = await listening(closed);
    await new Promise((resolve) => closed.close(resolve));
    const other = clientOf(`http://127.0.0.1:${port}`);
    await expect(other.send(request, terms({}))).resolves.toMatchObject({
      kind: 'deferred',
      error: { code: 'unreachable', message: 'ECONNREFUSED' },
    });
  });

  it('F28: met a name that does not exist', async () => {
    const other = clientOf('http://casement.invalid');
    await expect(other.send(request, terms({}))).resolves.toMatchObject({ kind: 'deferred' });
  });

  it('F28: met a server that fails the TLS handshake', async () => {
    const deaf = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    const other = clientOf(`https://127.0.0.1:${await listening(deaf)}`);
    await expect(other.send(request, terms({}))).resolves.toMatchObject({ kind: 'deferred' });
    await new Promise((resolve) => deaf.close(resolve));
  });

  it('met its deadline before the connection, or while the connection was made', async () => {
    const past = { startBeforeMs: performance.now() - 1 };
    await expect(send(past)).resolves.toEqual({ kind: 'not-started', why: 'deadline' });
    const times = [0, 5];
    const slow = createGraphClient({
      graphUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      version: 'v25.0',
      accessToken: 'token',
      connectTimeoutMs: 2_000,
      answerTimeoutMs: 150,
      connectionsMax: 1,
      monotonicMs: () => times.shift() ?? 5,
    });
    const late = terms({ startBeforeMs: 5 });
    await expect(slow.send(request, late)).resolves.toEqual({
      kind: 'not-started',
      why: 'deadline',
    });
    expect(received).toEqual([]);
  });

  it('was called off before it was begun', async () => {
    const signal = AbortSignal.abort();
    await expect(send({ signal })).resolves.toEqual({ kind: 'not-started', why: 'aborted' });
    expect(received).toEqual([]);
  });
});

describe('a mark', () => {
  const mark = { phoneNumberId: '1070', providerMessageId: 'wamid.in' };

  it('says read, or typing, of a message', async () => {
    behave = answering(200, '{"success":true}');
    await expect(client.markRead(mark, terms({}))).resolves.toEqual({ kind: 'done' });
    await expect(client.typing(mark, terms({}))).resolves.toEqual({ kind: 'done' });
    const read = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.in' };
    expect(received.map(({ body }) => body)).toEqual([
      read,
      { ...read, typing_indicator: { type: 'text' } },
    ]);
  });

  it('is refused like a message', async () => {
    behave = answering(400, graphError(131009));
    await expect(client.markRead(mark, terms({}))).resolves.toMatchObject({ kind: 'rejected' });
    behave = answering(200, '{}');
    await expect(client.markRead(mark, terms({}))).resolves.toMatchObject({ kind: 'unknown' });
  });
});

describe('a client', () => {
  it('is not made with a token that cannot be a header', () => {
    const options = { graphUrl: 'http://127.0.0.1', version: 'v25.0', accessToken: 'a\nb' };
    expect(() =>
      createGraphClient({
        ...options,
        connectTimeoutMs: 1,
        answerTimeoutMs: 1,
        connectionsMax: 1,
        monotonicMs: () => 0,
      }),
    ).toThrow();
  });
});
