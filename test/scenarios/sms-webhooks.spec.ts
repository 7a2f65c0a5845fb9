import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { logText } from '../harness/kept.js';
import { Process } from '../harness/process.js';
import { storesOf } from '../harness/stores.js';
import { postTwilio, twilioSignature, type Fields } from '../harness/twilio-webhook.js';

jest.setTimeout(scenarioMsMax);

const authToken = 'kingfisher-and-otter';
const previousToken = 'heron-and-dipper-too';
const twilio = {
  TWILIO_ACCOUNT_SID: `AC${'0a'.repeat(16)}`,
  TWILIO_AUTH_TOKEN: authToken,
  TWILIO_AUTH_TOKEN_PREVIOUS: previousToken,
};
const sid = 'SM0123456789abcdef0123456789abcdef';
const message: Fields = {
  MessageSid: sid,
  From: '+447700900281',
  To: '+447700900500',
  Body: 'Schön, 100 % & more 🚗',
  NumMedia: '0',
};
const receipt: Fields = { MessageSid: sid, MessageStatus: 'delivered', SmsStatus: 'delivered' };
const attempt = 'organisation=acmemotors&attempt=1.thread1.message1.1';
type Changed = Parameters<typeof postTwilio>[3];

let casement: Casement;
const inbound = () => `${casement.demo.url}/webhooks/sms`;
const status = (query: string) => `${casement.demo.url}/webhooks/sms/status${query}`;
const posts = (changed: Changed = {}, token = authToken) =>
  postTwilio(inbound(), message, token, changed);

/** How many deliveries had this outcome so far. */
const counted = async (source: string, outcome: string): Promise<number> => {
  const text = await (await casement.get('/metrics')).text();
  const line = `webhook_deliveries_total{outcome="${outcome}",source="${source}"} `;
  const found = text.split('\n').find((each) => each.startsWith(line));
  return Number(found?.slice(line.length) ?? 0);
};

/** What `work` answered, and by how much the kept and the unsigned deliveries of a source grew. */
const outcomeOf = async (source: string, work: () => Promise<Response>) => {
  const read = () => Promise.all([counted(source, 'kept'), counted(source, 'unsigned')]);
  const [keptBefore, unsignedBefore] = await read();
  const answer = await work();
  const [kept, unsigned] = await read();
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: await answer.text(),
    kept: kept - keptBefore,
    unsigned: unsigned - unsignedBefore,
  };
};

beforeAll(async () => {
  casement = await Casement.start({ environment: twilio });
});
afterAll(() => casement.remove());

describe('an SMS that Twilio delivers', () => {
  it('R100 S4: is kept when it is signed, and Twilio answers the customer nothing', async () => {
    const outcome = await outcomeOf('sms', () => posts());
    expect(outcome).toMatchObject({ status: 200, kept: 1, unsigned: 0 });
    expect(outcome.type).toMatch(/^text\/xml\b/);
    expect(outcome.text).toMatch(/<Response\s*\/>$/);
  });

  it('F15: is kept again when it comes again: its thread knows it', async () => {
    const outcome = await outcomeOf('sms', () => posts());
    expect(outcome).toMatchObject({ status: 200, kept: 1 });
  });

  it('S2: may be signed with the token before, while it is rotated', async () => {
    const outcome = await outcomeOf('sms', () => posts({}, previousToken));
    expect(outcome).toMatchObject({ status: 200, kept: 1 });
  });

  it('S4: may be signed with another port, as Twilio sometimes does', async () => {
    const { hostname, pathname } = new URL(inbound());
    const signature = twilioSignature(`http://${hostname}${pathname}`, message, authToken);
    const headers = { 'x-twilio-signature': signature };
    expect((await outcomeOf('sms', () => posts({ headers }))).kept).toBe(1);
  });

  it('S4: may be posted to an address with a query, if it is signed for that', async () => {
    const work = () => postTwilio(`${inbound()}?line=1`, message, authToken);
    expect(await outcomeOf('sms', work)).toMatchObject({ status: 200, kept: 1 });
  });

  it.each<readonly [string, () => Promise<Response>]>([
    ['another token', () => posts({}, 'nobody-knows-this-one')],
    [
      'a changed body',
      () => posts({ body: new URLSearchParams({ ...message, Body: 'No' }).toString() }),
    ],
    [
      'another address',
      () => postTwilio(`${inbound()}/status`, message, authToken, { url: inbound() }),
    ],
    ['a query it was not signed for', () => posts({ url: `${inbound()}?${attempt}` })],
    ['no signature', () => posts({ headers: { 'x-twilio-signature': '' } })],
    ['no body', () => posts({ body: '' })],
    ['JSON', () => posts({ body: '{}', headers: { 'content-type': 'application/json' } })],
  ])('S4: is refused with %s, and not kept', async (_, work) => {
    const outcome = await outcomeOf('sms', work);
    expect(outcome).toMatchObject({ status: 403, kept: 0, unsigned: 1 });
    expect(JSON.parse(outcome.text)).toEqual({ error: 'The signature does not fit the body.' });
  });

  it('S4: is judged by our own address, whatever Host and X-Forwarded headers say', async () => {
    const url = 'https://elsewhere.example/webhooks/sms';
    const headers = {
      'x-forwarded-host': 'elsewhere.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=elsewhere.example;proto=https',
    };
    const changed = { url: inbound(), headers };
    const foreign = await outcomeOf('sms', () => postTwilio(url, message, authToken, changed));
    expect(foreign).toMatchObject({ status: 403, kept: 0 });
    expect(await outcomeOf('sms', () => posts({ headers }))).toMatchObject({ status: 200 });
  });

  it('F20: is kept, to be parked, when it is signed and no form', async () => {
    const headers = {
      'content-type': 'application/json',
      'x-twilio-signature': twilioSignature(inbound(), { '{"a":1}': '' }, authToken),
    };
    const outcome = await outcomeOf('sms', () => posts({ body: '{"a":1}', headers }));
    expect(outcome).toMatchObject({ status: 200, kept: 1 });
  });

  it('S6: may be large, and no larger than a form, let alone a webhook, may be', async () => {
    const large = { ...message, Body: 'x'.repeat(50_000) };
    const outcome = await outcomeOf('sms', () => postTwilio(inbound(), large, authToken));
    expect(outcome).toMatchObject({ status: 200, kept: 1 });
    const larger = { ...message, Body: 'x'.repeat(70_000) };
    expect((await postTwilio(inbound(), larger, authToken)).status).toBe(403);
    const largest = { ...message, Body: 'x'.repeat(3 * 1024 * 1024) };
    expect((await postTwilio(inbound(), largest, authToken)).status).toBe(413);
  });
});

describe('a status callback', () => {
  it('R104: is kept with the query of its address, and answered with nothing', async () => {
    const url = status(`?${attempt}`);
    const outcome = await outcomeOf('smsstatus', () => postTwilio(url, receipt, authToken));
    expect(outcome).toMatchObject({ status: 204, text: '', kept: 1, unsigned: 0 });
    const log = await logText(casement);
    expect(log).toContain(`"query":"${attempt}"`);
    expect(log).not.toContain('447700900281');
  });

  it('R104: needs no query', async () => {
    const outcome = await outcomeOf('smsstatus', () => postTwilio(status(''), receipt, authToken));
    expect(outcome).toMatchObject({ status: 204, kept: 1 });
  });

  it('S4: is refused for an attempt that it was not signed for', async () => {
    const outcome = await outcomeOf('smsstatus', () =>
      postTwilio(status(`?${attempt}`), receipt, authToken, { url: status(`?${attempt}1`) }),
    );
    expect(outcome).toMatchObject({ status: 403, kept: 0, unsigned: 1 });
  });
});

it('is not there while SMS is off', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'casement-'));
  const stores = await storesOf(dataDirectory);
  const environment = {
    ...stores.environment,
    CASEMENT_SIMULATOR: 'off',
    HOST: '127.0.0.1',
    CASEMENT_KEY_ENCRYPTION_KEY: 'ab'.repeat(32),
    WHATSAPP_ACCESS_TOKEN: authToken,
    WHATSAPP_APP_SECRET: authToken,
    WHATSAPP_VERIFY_TOKEN: authToken,
  };
  const process = Process.launch({ dataDirectory, environment, fileKiBMax: null });
  try {
    const url = await process.up();
    for (const path of ['/webhooks/sms', '/webhooks/sms/status'])
      expect((await postTwilio(`${url}${path}`, message, authToken)).status).toBe(404);
  } finally {
    await process.end('SIGKILL');
    await stores.close();
    await rm(dataDirectory, { recursive: true, force: true });
  }
});
