import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTwilioClient, type SmsListing, type SmsOutcome } from '#channels/sms';
import { instant, type Json, type JsonObject } from '#kernel';
import {
  createBench,
  DANIEL,
  NOON_MS,
  SMS_ACCOUNT,
  SMS_NUMBER,
  SMS_TOKEN,
  standingClock,
  type Bench,
} from './spec/bench.js';

const CUSTOMER = `+${DANIEL}`;

let bench: Bench;
beforeEach(async () => {
  bench = await createBench(standingClock(NOON_MS));
  await mood({ receiptDelayMs: 0 });
});
afterEach(() => bench.close());

const mood = (settings: JsonObject) => bench.ask('POST', '/moods', { twilio: settings });
const write = (text: string, more: JsonObject = {}) =>
  bench.ask('POST', `/phones/${DANIEL}/sms`, { text, ...more });
const inbox = async (): Promise<Json> => (await bench.ask('GET', `/phones/${DANIEL}/sms`)).body;
const statuses = (): readonly string[] =>
  bench.receiver.gotSms.flatMap(({ message }) =>
    message.kind === 'receipt' ? [message.providerStatus] : [],
  );
const untilStatuses = (count: number): Promise<void> =>
  bench.receiver.until(() => statuses().length >= count);

const client = () =>
  createTwilioClient({
    apiUrl: `${bench.url}/simulator/twilio`,
    accountSid: SMS_ACCOUNT,
    authToken: SMS_TOKEN,
    connectTimeoutMs: 1_000,
    answerTimeoutMs: 5_000,
    connectionsMax: 2,
    monotonicMs: () => performance.now(),
  });
const terms = () => ({
  startBeforeMs: performance.now() + 5_000,
  signal: new AbortController().signal,
});
const send = async (
  changed: { readonly to?: string; readonly from?: string; readonly text?: string } = {},
): Promise<SmsOutcome> => {
  const twilio = client();
  const outcome = await twilio.send(
    {
      from: SMS_NUMBER,
      to: CUSTOMER,
      text: 'AcmeMotors: Update for you.',
      statusCallback: `${bench.receiver.smsUrl}/status?attempt=1.t.m.1`,
      ...changed,
    },
    terms(),
  );
  twilio.close();
  return outcome;
};
const list = async (to: string, sentAfterMs = NOON_MS): Promise<SmsListing> => {
  const twilio = client();
  const listing = await twilio.list({ to, sentAfter: instant(sentAfterMs) }, terms());
  twilio.close();
  return listing;
};
const rest = (method: 'GET' | 'POST', query: string, body = '', password = SMS_TOKEN) =>
  fetch(`${bench.url}/simulator/twilio/2010-04-01/Accounts/${SMS_ACCOUNT}/Messages.json${query}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${SMS_ACCOUNT}:${password}`).toString('base64')}`,
      ...(method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(method === 'GET' ? {} : { body }),
  });

describe('an SMS of the business', () => {
  it('is accepted, then sent and delivered, each signed over the address it was given', async () => {
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: 'accepted', segments: 1, price: null });
    await untilStatuses(2);
    const sid = outcome.kind === 'accepted' ? outcome.sid : '';
    expect(bench.receiver.gotSms).toMatchObject([
      { signed: true, path: '/webhooks/sms/status?attempt=1.t.m.1', message: { sid } },
      { signed: true, message: { sid, status: 'delivered', error: null } },
    ]);
    expect(statuses()).toEqual(['sent', 'delivered']);
  });

  it('shows in the outbox and on the phone', async () => {
    await send({ text: '🚗'.repeat(36) });
    await untilStatuses(2);
    const { body } = await bench.ask('GET', '/outbox');
    expect(body).toMatchObject({
      messages: [
        {
          provider: 'twilio',
          from: SMS_NUMBER,
          to: DANIEL,
          segments: 2,
          answered: true,
          callbackData: expect.stringContaining('attempt=1.t.m.1'),
        },
      ],
    });
    await expect(inbox()).resolves.toMatchObject({
      number: SMS_NUMBER,
      optedOut: false,
      messages: [{ from: 'business', text: '🚗'.repeat(36) }],
    });
  });

  it.each([
    [{ to: '' }, '21604'],
    [{ to: '07700' }, '21211'],
    [{ from: '' }, '21603'],
    [{ from: '+447700900599' }, '21606'],
    [{ to: SMS_NUMBER }, '21266'],
    [{ text: '' }, '21602'],
    [{ text: 'a'.repeat(1_601) }, '21617'],
  ])('is refused with %j as Twilio refuses it, with %s', async (changed, code) => {
    await expect(send(changed)).resolves.toMatchObject({ kind: 'rejected', error: { code } });
  });

  it('may have 1600 characters', async () => {
    await expect(send({ text: 'a'.repeat(1_600) })).resolves.toMatchObject({ kind: 'accepted' });
  });

  it('needs the account’s credentials', async () => {
    const answer = await rest('POST', '', 'To=x', 'wrong');
    expect(answer.status).toBe(401);
    await expect(answer.json()).resolves.toMatchObject({ code: 20003, status: 401 });
    expect((await rest('GET', '', '', 'wrong')).status).toBe(401);
  });

  it('is no form for anything but Twilio', async () => {
    const answer = await fetch(`${bench.url}/simulator/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'advance=PT1H',
    });
    expect(answer.status).toBe(415);
  });
});

describe('Twilio’s moods', () => {
  it('F10: an answer is lost, and the list has the message all the same', async () => {
    await mood({ loseAnswer: 1 });
    await expect(send()).resolves.toMatchObject({ kind: 'unknown' });
    await expect(list(CUSTOMER)).resolves.toMatchObject({
      kind: 'listed',
      messages: [{ text: 'AcmeMotors: Update for you.', direction: 'outbound' }],
    });
    await expect(send()).resolves.toMatchObject({ kind: 'accepted' });
  });

  it('a send is refused, or fails later', async () => {
    await mood({ refuse: { code: 21610, title: 'Unsubscribed' } });
    await expect(send()).resolves.toMatchObject({ errorClass: { reason: 'opted_out' } });
    await mood({ refuse: null, failLater: { code: 30005, title: 'Unknown handset' } });
    await send();
    await untilStatuses(2);
    expect(bench.receiver.gotSms.at(-1)).toMatchObject({
      message: { status: 'failed', error: { said: { code: '30005' } } },
    });
    await expect(list(CUSTOMER)).resolves.toMatchObject({ messages: [{ errorCode: '30005' }] });
    await expect(inbox()).resolves.toMatchObject({ messages: [] });
  });

  it('a send is refused so many times, then accepted', async () => {
    const { body } = await mood({ refuse: { code: 20429, httpStatus: 429, times: 2 } });
    expect(body).toMatchObject({ twilio: { refuse: { code: 20429, times: 2 } } });
    await expect(send({ to: '07700' })).resolves.toMatchObject({ error: { code: '21211' } });
    await expect(send()).resolves.toMatchObject({ error: { code: '20429' } });
    await expect(send()).resolves.toMatchObject({ error: { code: '20429' } });
    await expect(send()).resolves.toMatchObject({ kind: 'accepted' });
    await expect(bench.ask('GET', '/moods')).resolves.toMatchObject({
      body: { twilio: { refuse: null } },
    });
  });

  it('what fails later never rings, whether its receipts come or not', async () => {
    await mood({ failLater: { code: 30003 }, receipts: 'manual' });
    await send();
    await expect(inbox()).resolves.toMatchObject({ messages: [], unread: 0 });
  });

  it('receipts come twice, and out of order', async () => {
    await mood({ doubleReceipts: true, shuffleReceipts: true });
    await send();
    await untilStatuses(4);
    expect(statuses()).toEqual(['delivered', 'delivered', 'sent', 'sent']);
    await expect(list(CUSTOMER)).resolves.toMatchObject({ messages: [{ status: 'delivered' }] });
  });

  it('receipts are held, and released by another mood', async () => {
    await mood({ holdReceipts: true });
    await send();
    for (let held = 0, tries = 0; held < 2 && tries < 1_000; tries += 1)
      held = Number(Reflect.get(Object((await bench.ask('GET', '/moods')).body), 'held'));
    expect(statuses()).toEqual([]);
    await mood({ holdReceipts: false });
    await untilStatuses(2);
  });

  it('a receipt is sent by hand', async () => {
    await mood({ receipts: 'manual' });
    const outcome = await send();
    const sid = outcome.kind === 'accepted' ? outcome.sid : '';
    const asked = { sid, status: 'undelivered', error: { code: 30003 } };
    await expect(bench.ask('POST', '/receipts', asked)).resolves.toMatchObject({
      body: { delivered: true },
    });
    expect(statuses()).toEqual(['undelivered']);
    await expect(
      bench.ask('POST', '/receipts', { sid: 'SM0', status: 'sent' }),
    ).resolves.toMatchObject({ status: 404 });
  });

  it('are Twilio’s own: WhatsApp’s stay as they are', async () => {
    const { body } = await mood({ loseAnswer: 'always', delayMs: 5 });
    expect(body).toMatchObject({
      twilio: { loseAnswer: 'always', delayMs: 5 },
      whatsapp: { loseAnswer: 0, delayMs: 0, receiptDelayMs: 150 },
    });
    const calm = await bench.ask('POST', '/moods', { twilio: 'normal', whatsapp: { delayMs: 1 } });
    expect(calm.body).toMatchObject({ twilio: { loseAnswer: 0 }, whatsapp: { delayMs: 1 } });
    await expect(bench.ask('POST', '/moods', {})).resolves.toMatchObject({ status: 400 });
  });

  it('what customers send is told to nobody, as if our server were down', async () => {
    await mood({ dropInbound: true });
    await expect(write('Hello?')).resolves.toMatchObject({
      status: 200,
      body: { sid: expect.any(String), delivered: false, httpStatus: null },
    });
    await write('STOP');
    await expect(list(SMS_NUMBER)).resolves.toMatchObject({
      messages: [{ text: expect.any(String) }, { direction: 'inbound' }],
    });
    await expect(send()).resolves.toMatchObject({ error: { code: '21610' } });
    expect(bench.receiver.gotSms).toEqual([]);
    await mood({ dropInbound: false });
    await write('Anybody?');
    expect(bench.receiver.gotSms).toMatchObject([{ message: { text: 'Anybody?' } }]);
  });

  it.each([
    [{ twilio: { dropInbound: 'yes' } }, '"dropInbound" must be true or false'],
    [{ twilio: { refuse: { code: 1, times: -1 } } }, '"refuse.times" must be a whole number'],
    [{ whatsapp: { dropInbound: true } }, 'Unknown field "dropInbound"'],
  ])('of %j says why not', async (body, text) => {
    await expect(bench.ask('POST', '/moods', body)).resolves.toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(text) },
    });
  });
});

describe('an SMS of a customer', () => {
  it('reaches the webhook, signed, once', async () => {
    const { body } = await write('Yes please 🚗 + more');
    expect(body).toMatchObject({ delivered: true, httpStatus: 200 });
    expect(bench.receiver.gotSms).toMatchObject([
      {
        signed: true,
        path: '/webhooks/sms',
        message: {
          sid: Reflect.get(Object(body), 'sid'),
          from: CUSTOMER,
          to: SMS_NUMBER,
          text: 'Yes please 🚗 + more',
          keyword: null,
        },
      },
    ]);
  });

  it('F23: that nobody heard is not repeated, and stays in the list', async () => {
    bench.receiver.answer(503, 1);
    await expect(write('Hello?')).resolves.toMatchObject({ body: { delivered: false } });
    await write('Anybody?');
    expect(bench.receiver.gotSms).toHaveLength(1);
    await expect(list(SMS_NUMBER)).resolves.toMatchObject({
      messages: [{ direction: 'inbound' }, { direction: 'inbound', text: expect.any(String) }],
    });
  });

  it('may be repeated with the same id, and go to another number', async () => {
    const id = 'SM0123456789abcdef0123456789abcdef';
    await write('Twice', { id });
    await write('Twice', { id, to: '+44 7700 900501' });
    expect(bench.receiver.gotSms).toMatchObject([
      { message: { sid: id, to: SMS_NUMBER } },
      { message: { sid: id, to: '+447700900501' } },
    ]);
  });

  it('Q16: STOP ends what may be sent from that number, START begins it again', async () => {
    await write(' stop ');
    await expect(send()).resolves.toMatchObject({ error: { code: '21610' } });
    await expect(send({ from: '+447700900501' })).resolves.toMatchObject({ kind: 'accepted' });
    await expect(inbox()).resolves.toMatchObject({ optedOut: true });
    await write('START');
    await expect(send()).resolves.toMatchObject({ kind: 'accepted' });
  });

  it('comes from the number that carriers know, not from the wa_id', async () => {
    await bench.ask('POST', '/phones/5215512345678/sms', { text: 'Hola' });
    expect(bench.receiver.gotSms).toMatchObject([{ message: { from: '+525512345678' } }]);
  });

  it.each([
    [DANIEL, {}, 'Say "text"'],
    [DANIEL, { text: 'Hi', to: '999' }, 'is no SMS number here'],
    [DANIEL, { text: 'Hi', id: 'x' }, 'must be a sid'],
    ['GB.1234', { text: 'Hi' }, 'has no number'],
  ])('of %s is refused %j with a reason', async (from, body, text) => {
    await expect(bench.ask('POST', `/phones/${from}/sms`, body)).resolves.toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(text) },
    });
  });
});

describe('what a phone has not looked at', () => {
  const unreadOf = async (customer: string): Promise<Json | undefined> => {
    const { phones } = (await bench.ask('GET', '/phones')).body as {
      readonly phones: readonly JsonObject[];
    };
    return phones.find(({ from }) => from === customer)?.smsUnread;
  };
  const look = (body?: Json) => bench.ask('POST', `/phones/${DANIEL}/sms/read`, body);

  it('is counted until it looks, and over a restart', async () => {
    await write('Hello?');
    await send();
    await send();
    await expect(inbox()).resolves.toMatchObject({ unread: 2 });
    await expect(unreadOf(DANIEL)).resolves.toBe(2);
    bench = await bench.restart(standingClock(NOON_MS));
    await expect(unreadOf(DANIEL)).resolves.toBe(2);
    await expect(look({ to: '+447700900501' })).resolves.toMatchObject({ body: { read: 0 } });
    await expect(look()).resolves.toMatchObject({ body: { read: 2 } });
    await expect(unreadOf(DANIEL)).resolves.toBe(0);
    bench = await bench.restart(standingClock(NOON_MS));
    await expect(inbox()).resolves.toMatchObject({ unread: 0 });
  });

  it('is of the phone that has only ever texted, too', async () => {
    await expect(unreadOf(DANIEL)).resolves.toBeUndefined();
    await write('Hello?', { to: '+447700900501' });
    const { body } = await bench.ask('GET', '/phones');
    expect(body).toMatchObject({
      phones: expect.arrayContaining([
        expect.objectContaining({ from: DANIEL, phoneNumberId: '1071', windowClosesAt: null }),
      ]),
    });
  });
});

describe('the list', () => {
  const at = async (query: string): Promise<readonly string[]> => {
    const { messages } = (await (await rest('GET', query)).json()) as {
      readonly messages: readonly { readonly body: string }[];
    };
    return messages.map(({ body }) => body);
  };

  it('is filtered by number and date, and newest first', async () => {
    await send({ text: 'first' });
    bench.clock.advance(24 * 60 * 60 * 1000);
    await send({ text: 'second' });
    await write('third');
    await expect(at('')).resolves.toEqual(['third', 'second', 'first']);
    await expect(at(`?To=${encodeURIComponent(CUSTOMER)}`)).resolves.toEqual(['second', 'first']);
    await expect(at(`?From=${encodeURIComponent(CUSTOMER)}`)).resolves.toEqual(['third']);
    await expect(at('?DateSent=2036-03-29')).resolves.toEqual(['first']);
    await expect(at('?DateSent%3C=2036-03-29')).resolves.toEqual(['first']);
    await expect(at('?DateSent%3E=2036-03-30')).resolves.toEqual(['third', 'second']);
    await expect(at('?DateSent%3E=2036-03-30T12:00:00Z')).resolves.toHaveLength(2);
    await expect(at('?DateSent%3E=2036-03-30T12:00:01Z')).resolves.toEqual([]);
  });

  it('has pages', async () => {
    for (const text of ['a', 'b', 'c']) await write(text);
    const first = (await (await rest('GET', '?PageSize=2')).json()) as JsonObject;
    expect(first).toMatchObject({ messages: [{ body: 'c' }, { body: 'b' }], page_size: 2 });
    const next = typeof first.next_page_uri === 'string' ? first.next_page_uri : '';
    const second = (await (await rest('GET', next.slice(next.indexOf('?')))).json()) as JsonObject;
    expect(second).toMatchObject({ messages: [{ body: 'a' }], page: 1, next_page_uri: null });
  });

  it('and who said STOP survive a restart', async () => {
    await send({ text: 'kept' });
    await write('STOP');
    bench = await bench.restart(standingClock(NOON_MS));
    await expect(at('')).resolves.toEqual(['STOP', 'kept']);
    await expect(send()).resolves.toMatchObject({ error: { code: '21610' } });
  });
});
