import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallTerms } from '#channels/http';
import { parseInstant, instant, type Instant } from '#kernel';
import type { SmsListing, SmsOutcome } from './sender.js';
import { createTwilioClient, listLimits, type TwilioClient } from './twilio-client.js';

type Received = {
  readonly request: string;
  readonly authorization: string;
  readonly type: string;
  readonly form: { readonly [name: string]: string };
};

let received: Received[];
let behave: (response: ServerResponse, url: URL) => void;
let server: Server;
let client: TwilioClient;
let port: number;

const clientOf = (apiUrl: string): TwilioClient =>
  createTwilioClient({
    apiUrl,
    accountSid: 'AC1',
    authToken: 'token',
    connectTimeoutMs: 2_000,
    answerTimeoutMs: 150,
    connectionsMax: 4,
    monotonicMs: () => performance.now(),
  });

const terms = (changed: Partial<CallTerms> = {}): CallTerms => ({
  startBeforeMs: performance.now() + 10_000,
  signal: new AbortController().signal,
  ...changed,
});

const send = (changed: Partial<CallTerms> = {}): Promise<SmsOutcome> =>
  client.send(
    {
      from: '+447700900500',
      to: '+447700900281',
      text: 'AcmeMotors: Update & more 🚗',
      statusCallback: 'https://a.example/webhooks/sms/status?attempt=1.t.m.1',
    },
    terms(changed),
  );

const at = (text: string): Instant => parseInstant(text) ?? instant(0);
const list = (sentAfter = '2026-11-20T14:00:00.500Z'): Promise<SmsListing> =>
  client.list({ to: '+447700900281', sentAfter: at(sentAfter) }, terms());

const answering =
  (status: number, body: unknown, headers: { readonly [name: string]: string } = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const message = (changed: { readonly [name: string]: unknown } = {}) => ({
  sid: 'SM1',
  status: 'queued',
  direction: 'outbound-api',
  from: '+447700900500',
  to: '+447700900281',
  body: 'AcmeMotors: Update',
  num_segments: '1',
  num_media: '0',
  price: null,
  price_unit: 'USD',
  error_code: null,
  error_message: null,
  date_created: 'Fri, 20 Nov 2026 14:00:05 +0000',
  date_sent: null,
  ...changed,
});

beforeEach(async () => {
  received = [];
  behave = answering(201, message());
  server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      received.push({
        request: `${incoming.method} ${incoming.url}`,
        authorization: incoming.headers.authorization ?? '',
        type: incoming.headers['content-type'] ?? '',
        form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8'))),
      });
      behave(response, new URL(incoming.url ?? '', 'http://twilio'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  client = clientOf(`http://127.0.0.1:${port}/base/`);
});

afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('sending', () => {
  it('posts a form with the account’s credentials', async () => {
    await expect(send()).resolves.toEqual({
      kind: 'accepted',
      sid: 'SM1',
      segments: 1,
      price: null,
    });
    expect(received).toEqual([
      {
        request: 'POST /base/2010-04-01/Accounts/AC1/Messages.json',
        authorization: `Basic ${Buffer.from('AC1:token').toString('base64')}`,
        type: 'application/x-www-form-urlencoded',
        form: {
          To: '+447700900281',
          From: '+447700900500',
          Body: 'AcmeMotors: Update & more 🚗',
          StatusCallback: 'https://a.example/webhooks/sms/status?attempt=1.t.m.1',
        },
      },
    ]);
  });

  it('R089: brings segments and price, where Twilio knows them', async () => {
    behave = answering(201, message({ num_segments: '2', price: '-0.0079' }));
    await expect(send()).resolves.toMatchObject({
      segments: 2,
      price: { amount: '-0.0079', currency: 'USD' },
    });
    behave = answering(200, message({ num_segments: '0' }));
    await expect(send()).resolves.toMatchObject({ kind: 'accepted', segments: null });
  });

  it.each([
    [400, 21610, 'rejected', 'opted_out'],
    [400, 21211, 'rejected', 'invalid_phone_number'],
    [401, 20003, 'rejected', 'authentication_failed'],
    [400, 77777, 'rejected', 'provider_error'],
    [429, 20429, 'deferred', 'rate_limited'],
    [503, 20429, 'deferred', 'rate_limited'],
    [400, 21611, 'deferred', 'queue_full'],
  ])('R107: takes status %i with code %i for %s', async (status, code, kind, reason) => {
    behave = answering(status, { code, message: 'Said', more_info: 'https://x', status });
    await expect(send()).resolves.toMatchObject({
      kind,
      error: { code: String(code), message: 'Said' },
      errorClass: { reason },
    });
  });

  it.each([
    [503, { code: 20503, message: 'Down', status: 503 }],
    [500, { code: 20500, message: 'Internal', status: 500 }],
    [502, '<html>Bad gateway</html>'],
    [201, '<html>'],
    [201, {}],
    [302, ''],
  ])('F26: does not know after status %i and %j', async (status, body) => {
    behave = answering(status, body);
    await expect(send()).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('waits as long as Retry-After says', async () => {
    behave = answering(429, '', { 'retry-after': '7' });
    await expect(send()).resolves.toMatchObject({ kind: 'deferred', retryAfterMs: 7_000 });
  });

  it('takes a message that failed at once for rejected', async () => {
    const failed = { status: 'failed', error_code: 30034, error_message: 'Unregistered' };
    behave = answering(201, message(failed));
    await expect(send()).resolves.toMatchObject({
      kind: 'rejected',
      error: { code: '30034', message: 'Unregistered' },
      errorClass: { reason: 'sender_not_registered' },
    });
  });

  it('F27: does not know after a lost answer or none in time', async () => {
    behave = (response) => response.destroy();
    await expect(send()).resolves.toMatchObject({ kind: 'unknown' });
    behave = () => undefined;
    await expect(send()).resolves.toEqual({ kind: 'unknown', why: 'timeout' });
  });

  it('F25: knows that nothing left when nobody listens, or it came too late', async () => {
    client.close();
    client = clientOf('http://127.0.0.1:1');
    await expect(send()).resolves.toMatchObject({ kind: 'deferred', retryAfterMs: null });
    await expect(send({ startBeforeMs: performance.now() - 1 })).resolves.toEqual({
      kind: 'not-started',
      why: 'deadline',
    });
    await expect(send({ signal: AbortSignal.abort() })).resolves.toEqual({
      kind: 'not-started',
      why: 'aborted',
    });
  });

  it('refuses an address or credentials that cannot be, at once', () => {
    expect(() => clientOf('nowhere')).toThrow();
  });
});

describe('listing', () => {
  it('F10: finds what Twilio has, by number and time, newest first', async () => {
    const inbound = {
      sid: 'SM2',
      direction: 'inbound',
      status: 'received',
      body: 'Hello 🚗',
      num_media: '1',
      date_sent: 'Fri, 20 Nov 2026 14:00:07 +0000',
    };
    const failed = { sid: 'SM3', status: 'undelivered', error_code: 30005, price: '-0.01' };
    behave = answering(200, {
      messages: [message({ ...failed }), message(inbound), { sid: 'no date' }],
      next_page_uri: null,
    });
    await expect(list()).resolves.toEqual({
      kind: 'listed',
      complete: true,
      messages: [
        expect.objectContaining({
          sid: 'SM2',
          direction: 'inbound',
          text: 'Hello 🚗',
          at: '2026-11-20T14:00:07.000Z',
          status: null,
          providerStatus: 'received',
          mediaCount: 1,
        }),
        {
          sid: 'SM3',
          direction: 'outbound',
          from: '+447700900500',
          to: '+447700900281',
          text: 'AcmeMotors: Update',
          at: '2026-11-20T14:00:05.000Z',
          status: 'failed',
          providerStatus: 'undelivered',
          errorCode: '30005',
          segments: 1,
          price: { amount: '-0.01', currency: 'USD' },
          mediaCount: 0,
        },
      ],
    });
    expect(received.map(({ request }) => request)).toEqual([
      'GET /base/2010-04-01/Accounts/AC1/Messages.json' +
        '?To=%2B447700900281&DateSent%3E=2026-11-20T14%3A00%3A00Z&PageSize=200',
    ]);
  });

  it('leaves out what is older, to the second', async () => {
    behave = answering(200, { messages: [message()], next_page_uri: null });
    const found = async (after: string): Promise<number> => {
      const listing = await list(after);
      return listing.kind === 'listed' ? listing.messages.length : -1;
    };
    await expect(found('2026-11-20T14:00:05.999Z')).resolves.toBe(1);
    await expect(found('2026-11-20T14:00:06.000Z')).resolves.toBe(0);
  });

  it('leaves out what is newer, to the second, if it is asked to', async () => {
    behave = answering(200, { messages: [message()], next_page_uri: null });
    const found = async (before: string): Promise<number> => {
      const filter = { sentAfter: at('2026-11-20T14:00:00Z'), sentBefore: at(before) };
      const listing = await client.list(filter, terms());
      return listing.kind === 'listed' ? listing.messages.length : -1;
    };
    await expect(found('2026-11-20T14:00:04.999Z')).resolves.toBe(0);
    await expect(found('2026-11-20T14:00:05.999Z')).resolves.toBe(1);
    expect(received[1]?.request).toContain('&DateSent%3C=2026-11-20T14%3A00%3A05Z&');
  });

  const pages = (total: number) => (response: ServerResponse, url: URL) => {
    const page = Number(url.searchParams.get('Page') ?? 0);
    answering(200, {
      messages: [message({ sid: `SM${page}` })],
      next_page_uri:
        page + 1 < total ? `https://elsewhere.example/x.json?Page=${page + 1}&PageToken=PA` : null,
    })(response);
  };

  it('F23: reads page after page, and never at another address', async () => {
    behave = pages(3);
    await expect(list()).resolves.toMatchObject({
      complete: true,
      messages: [{ sid: 'SM0' }, { sid: 'SM1' }, { sid: 'SM2' }],
    });
    expect(received.at(-1)?.request).toBe(
      'GET /base/2010-04-01/Accounts/AC1/Messages.json?Page=2&PageToken=PA',
    );
  });

  it('stops after so many pages, and says that there were more', async () => {
    behave = pages(listLimits.pagesMax);
    await expect(list()).resolves.toMatchObject({ complete: true });
    received = [];
    behave = pages(listLimits.pagesMax + 1);
    await expect(list()).resolves.toMatchObject({ kind: 'listed', complete: false });
    expect(received).toHaveLength(listLimits.pagesMax);
  });

  it('says when there is no list', async () => {
    behave = answering(401, { code: 20003, message: 'Authenticate', status: 401 });
    await expect(list()).resolves.toMatchObject({ kind: 'rejected' });
    behave = answering(200, { nothing: true });
    await expect(list()).resolves.toMatchObject({ kind: 'unknown' });
    behave = (response) => response.destroy();
    await expect(list()).resolves.toMatchObject({ kind: 'unknown' });
  });
});
