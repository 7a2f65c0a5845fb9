import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGraphClient, type SendOutcome } from '#channels/whatsapp';
import type { Json, JsonObject } from '#kernel';
import { createBench, DANIEL, NOON_MS, NUMBER, standingClock, type Bench } from './spec/bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench(standingClock(NOON_MS));
  await mood({ receiptDelayMs: 0 });
});
afterEach(() => bench.close());

const mood = (settings: JsonObject) => bench.ask('POST', '/moods', { whatsapp: settings });
const customerWrites = () => bench.ask('POST', `/phones/${DANIEL}/messages`, { text: 'Hello?' });
const receipts = (): readonly string[] =>
  bench.receiver.statuses().filter((status) => status !== 'message');
const untilReceipts = (count: number): Promise<void> =>
  bench.receiver.until(() => receipts().length >= count);
/** Held receipts reach no webhook: asks until there are so many. */
const heldReaches = async (count: number): Promise<void> => {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const { body } = await bench.ask('GET', '/moods');
    if (Reflect.get(Object(body), 'held') === count) return;
  }
  throw new Error(`never held ${count}`);
};
const outbox = async (query: string): Promise<Json> =>
  (await bench.ask('GET', `/outbox${query}`)).body;

const sendThroughClient = async (): Promise<SendOutcome> => {
  const client = createGraphClient({
    graphUrl: `${bench.url}/simulator/meta`,
    version: 'v25.0',
    accessToken: 'token',
    connectTimeoutMs: 1_000,
    answerTimeoutMs: 5_000,
    connectionsMax: 2,
    monotonicMs: () => performance.now(),
  });
  const outcome = await client.send(
    {
      phoneNumberId: NUMBER,
      to: { kind: 'phone', phone: `+${DANIEL}` },
      content: { kind: 'text', text: 'It is ready' },
      callbackData: '1.thread.message.1',
    },
    { startBeforeMs: performance.now() + 5_000, signal: new AbortController().signal },
  );
  client.close();
  return outcome;
};

describe('a send', () => {
  it('R104: is accepted, then sent, delivered and read, each signed, with our data', async () => {
    await customerWrites();
    const outcome = await sendThroughClient();
    expect(outcome).toMatchObject({ kind: 'accepted', waId: DANIEL });
    await untilReceipts(3);
    expect(receipts()).toEqual(['sent', 'delivered', 'read']);
    const statuses = bench.receiver.items().filter((item) => item.kind === 'status');
    expect(bench.receiver.got.every(({ signed }) => signed)).toBe(true);
    for (const status of statuses)
      expect(status).toMatchObject({
        providerMessageId: outcome.kind === 'accepted' && outcome.providerMessageId,
        callbackData: '1.thread.message.1',
        customer: { waId: DANIEL },
        at: '2036-03-29T12:00:00.000Z',
      });
    expect(statuses[0]).toMatchObject({ pricing: { category: 'service' } });
  });

  it('shows in the outbox and on the phone', async () => {
    await customerWrites();
    await bench.send({});
    await untilReceipts(3);
    await expect(outbox('')).resolves.toMatchObject({
      messages: [
        {
          index: 1,
          provider: 'whatsapp',
          to: DANIEL,
          text: 'Good news: it is ready 🚗',
          callbackData: '1.thread.message.1',
          acceptedAt: '2036-03-29T12:00:00.000Z',
          answered: true,
          windowOpen: true,
        },
      ],
      next: null,
      newest: 1,
    });
    const chat = await bench.ask('GET', `/phones/${DANIEL}/messages`);
    expect(chat.body).toMatchObject({
      messages: [
        { from: 'customer', text: 'Hello?' },
        { from: 'business', text: 'Good news: it is ready 🚗' },
      ],
    });
  });

  it('R003: is sent 1 ms before the window closes, and fails at the instant', async () => {
    await customerWrites();
    await bench.ask('POST', '/clock', { advance: 'PT23H59M59.999S' });
    await bench.send({});
    await untilReceipts(3);
    expect(receipts()).not.toContain('failed');
    await bench.ask('POST', '/clock', { advance: 'PT0.001S' });
    const late = await bench.send({});
    expect(late).toMatchObject({ status: 200, body: { messages: [{ id: expect.any(String) }] } });
    await untilReceipts(4);
    expect(bench.receiver.items().at(-1)).toMatchObject({
      kind: 'status',
      status: 'failed',
      callbackData: '1.thread.message.1',
      error: {
        code: '131047',
        title: 'Re-engagement message',
        details: expect.stringContaining('more than 24 hours'),
      },
    });
  });

  it('fails for a customer who never wrote, and who only changed the number', async () => {
    await bench.ask('POST', `/phones/${DANIEL}/messages`, {
      type: 'system',
      payload: { type: 'user_changed_number' },
    });
    await bench.send({});
    await untilReceipts(1);
    expect(receipts()).toEqual(['failed']);
  });

  it.each([
    [{ messaging_product: 'sms' }, 100],
    [{ to: null }, 100],
    [{ to: 'somebody' }, 131009],
    [{ to: 'GB.1234' }, 131009],
    [{ to: null, recipient: DANIEL }, 131009],
    [{ to: '+447700900123' }, 131021],
    [{ text: {} }, 131008],
    [{ text: { body: 'a'.repeat(4_097) } }, 100],
    [{ type: 'poll' }, 100],
    [{ type: 'image' }, 131008],
    [{ biz_opaque_callback_data: 'a'.repeat(513) }, 100],
  ])('is refused %j in Meta’s shape with %i', async (changed, code) => {
    await expect(bench.send(changed)).resolves.toMatchObject({
      status: 400,
      body: {
        error: { code, type: 'OAuthException', error_data: { details: expect.any(String) } },
      },
    });
    await expect(outbox('')).resolves.toMatchObject({ messages: [] });
  });

  it('is accepted at the limits', async () => {
    const longest = {
      text: { body: 'a'.repeat(4_096) },
      biz_opaque_callback_data: 'a'.repeat(512),
    };
    await expect(bench.send(longest)).resolves.toMatchObject({ status: 200 });
    await expect(bench.send({ to: null, recipient: 'GB.1234' })).resolves.toMatchObject({
      body: { contacts: [{ user_id: 'GB.1234' }] },
    });
  });

  it('needs the token, and a number that exists', async () => {
    const response = await fetch(`${bench.url}/simulator/meta/v25.0/${NUMBER}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer other' },
      body: '{}',
    });
    expect(response.status).toBe(401);
    await expect(response.json()).resolves.toMatchObject({ error: { code: 190 } });
    await expect(bench.ask('POST', '/meta/v25.0/999/messages', {})).resolves.toMatchObject({
      status: 400,
    });
  });

  it('is a mark as well', async () => {
    const wrote = await customerWrites();
    const mark = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: String(Reflect.get(Object(wrote.body), 'wamid')),
    };
    const path = `/meta/v25.0/${NUMBER}/messages`;
    await expect(bench.ask('POST', path, mark)).resolves.toEqual({
      status: 200,
      body: { success: true },
    });
    const typing = { ...mark, typing_indicator: { type: 'text' } };
    await expect(bench.ask('POST', path, typing)).resolves.toMatchObject({ status: 200 });
    const unknown = { ...mark, message_id: 'other' };
    await expect(bench.ask('POST', path, unknown)).resolves.toMatchObject({ status: 400 });
    await expect(bench.ask('GET', '/phones')).resolves.toMatchObject({
      body: {
        phones: expect.arrayContaining([
          expect.objectContaining({ from: DANIEL, seenAt: '2036-03-29T12:00:00.000Z' }),
        ]),
      },
    });
  });
});

describe('a mood', () => {
  it('F6: loses the answer so many times, after accepting', async () => {
    await customerWrites();
    await mood({ loseAnswer: 1 });
    await expect(sendThroughClient()).resolves.toMatchObject({ kind: 'unknown' });
    await untilReceipts(3);
    await expect(outbox('')).resolves.toMatchObject({ messages: [{ answered: false }] });
    await expect(sendThroughClient()).resolves.toMatchObject({ kind: 'accepted' });
  });

  it('F25: refuses with any error and status, and accepts nothing', async () => {
    await mood({ refuse: { code: 130429, title: 'Rate limit hit', httpStatus: 429 } });
    await expect(sendThroughClient()).resolves.toMatchObject({ kind: 'deferred' });
    await expect(outbox('')).resolves.toMatchObject({ messages: [] });
    await mood({ refuse: null });
    await expect(sendThroughClient()).resolves.toMatchObject({ kind: 'accepted' });
  });

  it('refuses so many sends, whatever is marked as read meanwhile', async () => {
    const mark = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.X' };
    const path = `/meta/v25.0/${NUMBER}/messages`;
    await mood({ refuse: { code: 131026, times: 1 } });
    await expect(bench.ask('POST', path, mark)).resolves.toMatchObject({ status: 200 });
    await expect(bench.send({})).resolves.toMatchObject({ status: 400 });
    await expect(bench.send({})).resolves.toMatchObject({ status: 200 });
    await mood({ refuse: { code: 131026 } });
    await expect(bench.ask('POST', path, mark)).resolves.toMatchObject({ status: 400 });
  });

  it('F16: answers late, so that receipts come first', async () => {
    await customerWrites();
    await mood({ delayMs: 60_000 });
    const aborted = new AbortController();
    const late = fetch(`${bench.url}/simulator/meta/v25.0/${NUMBER}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer token' },
      body: JSON.stringify({
        messaging_product: 'whatsapp',
        to: `+${DANIEL}`,
        text: { body: 'x' },
      }),
      signal: aborted.signal,
    }).catch(() => 'called off');
    await untilReceipts(3);
    aborted.abort();
    await expect(late).resolves.toBe('called off');
  });

  it('F34: fails later with the words it was given', async () => {
    await customerWrites();
    await mood({ failLater: { code: 131026, title: 'Message undeliverable' } });
    await bench.send({});
    await untilReceipts(2);
    expect(receipts()).toEqual(['sent', 'failed']);
    expect(bench.receiver.items().at(-1)).toMatchObject({
      error: { code: '131026', title: 'Message undeliverable' },
    });
  });

  it('F15, F16: doubles and shuffles receipts', async () => {
    await customerWrites();
    await mood({ doubleReceipts: true, shuffleReceipts: true });
    await bench.send({});
    await untilReceipts(6);
    expect(receipts()).toEqual(['read', 'read', 'delivered', 'delivered', 'sent', 'sent']);
  });

  it('holds receipts until it is told otherwise', async () => {
    await customerWrites();
    await mood({ holdReceipts: true });
    await bench.send({});
    await heldReaches(3);
    expect(receipts()).toEqual([]);
    await mood({ holdReceipts: false });
    await untilReceipts(3);
    expect(receipts()).toEqual(['sent', 'delivered', 'read']);
  });

  it('leaves receipts to the hand, by wamid or by our own data', async () => {
    await customerWrites();
    await mood({ receipts: 'manual' });
    const sent = await bench.send({});
    const [first] = Object(sent.body).messages;
    const byWamid = { wamid: String(first.id), status: 'delivered', timestamp: 1795184400 };
    await expect(bench.ask('POST', '/receipts', byWamid)).resolves.toMatchObject({
      body: { delivered: true },
    });
    const error = { code: 131047, title: 'Re-engagement message' };
    const byData = { callbackData: '1.thread.message.1', status: 'failed', error };
    await bench.ask('POST', '/receipts', byData);
    expect(bench.receiver.items().slice(1)).toMatchObject([
      { status: 'delivered', at: '2026-11-20T14:20:00.000Z' },
      { status: 'failed', error: { code: '131047' } },
    ]);
    await expect(outbox('')).resolves.toMatchObject({
      messages: [{ statuses: [{ status: 'delivered' }, { status: 'failed', errorCode: 131047 }] }],
    });
  });

  it('lets a receipt name a message that nobody sent', async () => {
    const unknown = { wamid: 'wamid.unknown', status: 'sent' };
    await expect(bench.ask('POST', '/receipts', unknown)).resolves.toMatchObject({ status: 404 });
    await bench.ask('POST', '/receipts', { ...unknown, to: DANIEL });
    expect(bench.receiver.items()).toMatchObject([{ providerMessageId: 'wamid.unknown' }]);
  });

  it('reads only when the phone reads', async () => {
    await customerWrites();
    await mood({ reads: 'manual' });
    await bench.send({});
    await untilReceipts(2);
    const read = () => bench.ask('POST', `/phones/${DANIEL}/read`);
    await expect(read()).resolves.toMatchObject({ body: { read: 1 } });
    await untilReceipts(3);
    expect(receipts()).toEqual(['sent', 'delivered', 'read']);
    await expect(read()).resolves.toMatchObject({ body: { read: 0 } });
  });

  it('is normal again at a word', async () => {
    await mood({ loseAnswer: 'always', delayMs: 5 });
    const answer = await bench.ask('POST', '/moods', { whatsapp: 'normal' });
    expect(answer.body).toMatchObject({ whatsapp: { loseAnswer: 0, delayMs: 0, refuse: null } });
  });

  it.each([
    [{ whatsapp: { loseAnswer: -1 } }, '"loseAnswer" must be a whole number'],
    [{ whatsapp: { refuse: {} } }, '"refuse.code" must be a whole number'],
    [{ whatsapp: { refuse: { code: 1, httpStatus: 200 } } }, '"refuse.httpStatus" must be'],
    [{ whatsapp: { delayMs: 600_001 } }, '"delayMs" must be a whole number'],
    [{ whatsapp: { receipts: 'never' } }, '"receipts" must be "auto" or "manual".'],
    [{ whatsapp: { doubleReceipts: 1 } }, '"doubleReceipts" must be true or false.'],
    [{ whatsapp: { angry: true } }, 'Unknown field "angry"'],
    [{ sms: {} }, 'Unknown field "sms"'],
    [{}, '"whatsapp" must be an object'],
  ])('is refused %j with a reason, and stays', async (body, text) => {
    const before = await bench.ask('GET', '/moods');
    await expect(bench.ask('POST', '/moods', body)).resolves.toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(text) },
    });
    await expect(bench.ask('GET', '/moods')).resolves.toEqual(before);
  });
});

describe('the outbox', () => {
  it('is read page by page, newest last', async () => {
    for (let count = 0; count < 5; count += 1) await bench.send({});
    const first = await outbox('?limit=3');
    expect(first).toMatchObject({
      messages: [{ index: 1 }, { index: 2 }, { index: 3 }],
      next: 3,
      newest: 5,
    });
    await expect(outbox('?after=3&limit=3')).resolves.toMatchObject({
      messages: [{ index: 4 }, { index: 5 }],
      next: null,
    });
    await expect(outbox('?after=5')).resolves.toMatchObject({ messages: [], next: null });
    await expect(bench.ask('GET', '/outbox?limit=0')).resolves.toMatchObject({ status: 400 });
    await expect(bench.ask('GET', '/outbox?after=x')).resolves.toMatchObject({ status: 400 });
  });
});

describe('a restart', () => {
  it('keeps Meta’s record of the window', async () => {
    await customerWrites();
    bench = await bench.restart(standingClock(NOON_MS));
    await mood({ receiptDelayMs: 0 });
    await bench.send({});
    await untilReceipts(3);
    expect(receipts()).toEqual(['sent', 'delivered', 'read']);
  });
});
