import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createBench, DANIEL, NOON_MS, NUMBER, standingClock, type Bench } from './spec/bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench(standingClock(NOON_MS + 789));
});
afterEach(() => bench.close());

const write = (body: { readonly [name: string]: unknown }, from = '+44 7700 900281') =>
  bench.ask(
    'POST',
    `/phones/${encodeURIComponent(from)}/messages`,
    JSON.parse(JSON.stringify(body)),
  );

describe('a customer who writes', () => {
  it('reaches the webhook, signed, in Meta’s form, at the clock’s whole second', async () => {
    const answer = await write({ text: 'Is it ready? 👍 é /', name: 'Daniel' });
    expect(answer).toMatchObject({
      status: 200,
      body: { delivered: true, httpStatus: 200, timestamp: '2036-03-29T12:00:00.000Z' },
    });
    expect(bench.receiver.got).toMatchObject([
      {
        signed: true,
        items: [
          {
            kind: 'message',
            phoneNumberId: NUMBER,
            customer: { waId: DANIEL, profileName: 'Daniel' },
            sentAt: '2036-03-29T12:00:00.000Z',
            content: { kind: 'text', text: 'Is it ready? 👍 é /' },
          },
        ],
      },
    ]);
    const id = bench.receiver
      .items()
      .map((item) => 'providerMessageId' in item && item.providerMessageId);
    expect(id).toEqual([Reflect.get(Object(answer.body), 'wamid')]);
    expect(
      Buffer.from(String(id[0]).slice('wamid.'.length), 'base64').toString('latin1'),
    ).toContain(DANIEL);
  });

  it('may write to another number, with a time and an id of its own, and quote', async () => {
    const own = { to: '+447700900124', text: 'Hi', timestamp: 1795184400, id: 'wamid.own' };
    await write({ ...own, quotes: 'wamid.quoted' });
    expect(bench.receiver.items()).toMatchObject([
      {
        phoneNumberId: '1071',
        sentAt: '2026-11-20T14:20:00.000Z',
        providerMessageId: 'wamid.own',
        quotedProviderMessageId: 'wamid.quoted',
      },
    ]);
  });

  it('may send any type, and may have no number at all', async () => {
    await write({ type: 'reaction', payload: { message_id: 'wamid.x', emoji: '👍' } }, 'GB.1234');
    expect(bench.receiver.items()).toMatchObject([
      {
        kind: 'reaction',
        customer: { bsuid: 'GB.1234' },
        targetProviderMessageId: 'wamid.x',
        emoji: '👍',
      },
    ]);
  });

  it('is heard again until the webhook answers 200', async () => {
    bench.receiver.answer(503, 2);
    await expect(write({ text: 'Hi' })).resolves.toMatchObject({
      body: { delivered: false, httpStatus: 503 },
    });
    await bench.receiver.until(() => bench.receiver.got.length === 1);
  });

  it('is heard in order, also when the webhook refuses the first', async () => {
    bench.receiver.answer(500, 1);
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`);
    await Promise.all(texts.map((text) => write({ text })));
    await bench.receiver.until(() => bench.receiver.got.length === texts.length);
    const heard = bench.receiver
      .items()
      .map((item) =>
        item.kind === 'message' && item.content.kind === 'text' ? item.content.text : '',
      );
    expect(heard.toSorted()).toEqual(texts.toSorted());
    const page = await bench.ask('GET', `/phones/${DANIEL}/messages`);
    const shown: unknown = Reflect.get(Object(page.body), 'messages');
    expect(Array.isArray(shown) && shown.map((each: { text: string }) => each.text)).toEqual(heard);
  });

  it.each([
    [{}, 'Say "text"'],
    [{ text: '' }, '"text" must be a text'],
    [{ text: 'Hi', type: 'image' }, '"text" goes with the type text'],
    [{ text: 'Hi', to: '999' }, '"999" is no number here'],
    [{ text: 'Hi', timestamp: 'soon' }, '"timestamp" must be an instant'],
    [{ txt: 'Hi' }, 'Unknown field "txt"'],
  ])('is refused %j with a reason', async (body, text) => {
    await expect(write(body)).resolves.toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(text) },
    });
    expect(bench.receiver.got).toEqual([]);
  });

  it('needs a phone', async () => {
    await expect(write({ text: 'Hi' }, 'Daniel')).resolves.toMatchObject({ status: 400 });
  });
});

describe('the handshake', () => {
  it('is asked as Meta asks it', async () => {
    await expect(bench.ask('POST', '/handshake')).resolves.toEqual({
      status: 200,
      body: { subscribed: true, httpStatus: 200 },
    });
  });
});
