import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { documents, type ConversationChange, type InboxChange } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

const secondMs = 1_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const sentence = 'A template message is required outside the 24-hour messaging window.';

const plus = (instant: string, ms: number): string =>
  new Date(Date.parse(instant) + ms).toISOString();

let casement: Casement;
let talk: Talk;
/** The clock's reading while it stands still: a whole second, as Meta tells time. */
let now: string;

/** Moves the clock, which stands still again at once. */
const standAt = async (instant: string): Promise<void> => {
  now = await casement.simulator.moves({ freeze: instant });
};

beforeAll(async () => {
  casement = await Casement.start({ environment: { TZ: 'Europe/London' } });
  talk = new Talk(casement);
  const wholeSecond = Math.ceil(Date.parse(await casement.simulator.now()) / secondMs) * secondMs;
  await standAt(new Date(wholeSecond + 60 * secondMs).toISOString());
});
afterAll(() => casement.remove());

const both = async (conversationId: string) => {
  const after = await talk.position();
  const inbox = casement.subscribe<InboxChange>('agent', documents.inboxChanged, { after });
  const thread = casement.subscribe<ConversationChange>('agent', documents.conversationChanged, {
    id: conversationId,
    after,
  });
  const close = async () => {
    await Promise.all([inbox.close(), thread.close()]);
  };
  return { inbox, thread, close };
};

describe('the customer service window', () => {
  it('R001 R002 R022 R029: opens at a text, for 24 hours from the provider’s time', async () => {
    const opened = plus(now, -90 * secondMs);
    const { window, composer } = await talk.customerWrites('447700900301', 'Hello', {
      timestamp: opened,
    });
    expect(window).toMatchObject({
      status: 'OPEN',
      openedAt: opened,
      closesAt: plus(opened, dayMs),
      lastCustomerMessageAt: opened,
      decidedBy: { type: 'CustomerMessageReceived' },
    });
    expect(composer).toEqual({ mode: 'FREE_FORM', reason: null, code: null });
  });

  it('R001: is pushed to the inbox and to the thread when it opens', async () => {
    const before = await talk.customerWrites('447700900302', 'First');
    const { inbox, thread, close } = await both(before.id);
    await standAt(plus(now, 30 * 60 * secondMs));
    await casement.simulator.writes('447700900302', 'Second');
    const row = await inbox.until('the change of a row', ({ inboxChanged }) => {
      const { conversation } = inboxChanged;
      return conversation.id === before.id && conversation.window.closesAt === plus(now, dayMs);
    });
    expect(row.inboxChanged.conversation.window.status).toBe('OPEN');
    const told = await thread.until('the fact', () => true);
    expect(told.conversationChanged.event.type).toBe('CustomerMessageReceived');
    expect(told.conversationChanged.conversation.window.closesAt).toBe(plus(now, dayMs));
    await close();
  });

  it('R004 R005: counts from the latest message of the customer', async () => {
    await talk.customerWrites('447700900303', 'half past seven', { timestamp: now });
    await standAt(plus(now, hourMs / 2));
    const { window } = await talk.customerWrites('447700900303', 'eight', { timestamp: now });
    expect(window.closesAt).toBe(plus(now, dayMs));
  });

  it('Q13: an older message that comes later does not shorten it', async () => {
    const { window } = await talk.customerWrites('447700900304', 'newer');
    const late = await talk.customerWrites('447700900304', 'older', {
      timestamp: plus(now, -5 * hourMs),
    });
    expect(late.window.closesAt).toBe(window.closesAt);
  });

  it('Q14: a time from the future counts as the time of receipt', async () => {
    const claimed = plus(now, hourMs);
    const found = await talk.customerWrites('447700900305', 'from the future', {
      timestamp: claimed,
    });
    expect(found.window).toMatchObject({
      status: 'OPEN',
      lastCustomerMessageAt: now,
      closesAt: plus(now, dayMs),
    });
    const [message] = await talk.messages(found.id);
    expect(message).toMatchObject({ sentAt: now, receivedAt: now });
  });

  it('R009: of one customer is not that of another', async () => {
    const first = await talk.customerWrites('447700900306', 'early');
    await standAt(plus(now, hourMs));
    const second = await talk.customerWrites('447700900307', 'late');
    expect((await talk.conversation(first.id)).window.closesAt).toBe(plus(now, dayMs - hourMs));
    expect(second.window.closesAt).toBe(plus(now, dayMs));
  });

  it('R002: opens at any type of message; one that nobody knows is kept whole', async () => {
    await casement.simulator.writes('447700900308', null, {
      type: 'hologram',
      payload: { id: '1234' },
    });
    const found = await talk.customerWrites('447700900309', 'so that the other is there, too');
    expect(found.window.status).toBe('OPEN');
    const hologram = await talk.conversationWith('447700900308');
    expect(hologram?.window).toMatchObject({ status: 'OPEN', closesAt: plus(now, dayMs) });
    const messages = await talk.messages(hologram?.id ?? '');
    expect(messages.map(({ content }) => content.type)).toEqual(['hologram']);
  });
});

describe('the window’s last millisecond', () => {
  let id: string;
  let closesAt: string;

  it('R003 R010 R012 R017 R019 C17: is open at 24 h − 1 ms, and a reply goes out', async () => {
    const found = await talk.customerWrites('447700900311', 'When do you close?');
    ({ id } = found);
    closesAt = found.window.closesAt ?? '';
    await standAt(plus(closesAt, -1));
    expect((await talk.conversation(id)).window.status).toBe('OPEN');
    const message = await talk.sendsWell(id, 'At six.');
    expect(message).toMatchObject({
      kind: 'FREE_FORM',
      billingClass: 'SESSION',
      insideWindow: true,
    });
    await talk.messageThatIs('READ', id, message.id);
  });

  it('R003 R006: is expired at 24 h, whatever we wrote, and pushed without a query', async () => {
    const { inbox, thread, close } = await both(id);
    await standAt(closesAt);
    const told = await thread.until('the expiry', () => true);
    expect(told.conversationChanged).toMatchObject({
      event: { type: 'WindowExpired', occurredAt: closesAt },
      conversation: { window: { status: 'EXPIRED', closesAt } },
    });
    await inbox.until('the expiry in the inbox', ({ inboxChanged: { conversation } }) => {
      return conversation.id === id && conversation.window.status === 'EXPIRED';
    });
    await close();
  });

  it('R028 R029: says why, by the customer’s message and never by a timer', async () => {
    const { window, composer } = await talk.conversation(id);
    expect(window).toMatchObject({
      lastCustomerMessageAt: plus(closesAt, -dayMs),
      decidedBy: { type: 'CustomerMessageReceived' },
    });
    expect(composer).toMatchObject({ mode: 'TEMPLATE_ONLY', code: 'WINDOW_EXPIRED' });
    expect(composer.reason).toBe('Window expired');
  });

  it('R013 R016 R017 R018 R105: then refuses in these words and keeps the attempt', async () => {
    const { refusal, message } = await talk.sends(id, 'Are you still there?');
    expect(refusal).toEqual({
      __typename: 'WindowExpiredRefusal',
      code: 'WINDOW_EXPIRED',
      message: sentence,
      closedAt: closesAt,
      lastCustomerMessageAt: plus(closesAt, -dayMs),
    });
    expect(message).toMatchObject({
      status: 'FAILED',
      insideWindow: false,
      failure: { reason: 'window_expired_bridge_sent', message: sentence },
    });
    const kept = await talk.message(id, message?.id ?? '');
    expect(kept).toEqual(message);
    const sent = await casement.simulator.outbox('447700900311');
    const byWhatsApp = sent.filter(({ provider }) => provider === 'whatsapp');
    expect(byWhatsApp.map(({ text }) => text)).toEqual(['At six.']);
  });

  it('R008: opens again when the customer writes again', async () => {
    const { window } = await talk.customerWrites('447700900311', 'Yes!');
    expect(window).toMatchObject({ status: 'OPEN', openedAt: now, closesAt: plus(now, dayMs) });
    const message = await talk.sendsWell(id, 'Good.');
    await talk.messageThatIs('READ', id, message.id);
  });
});

describe('a message that comes late', () => {
  it('Q13 F22: 26 hours late is kept and opens nothing', async () => {
    const sentAt = plus(now, -26 * hourMs);
    const found = await talk.customerWrites('447700900321', 'long ago', { timestamp: sentAt });
    expect(found.window).toMatchObject({ status: 'EXPIRED', closesAt: plus(sentAt, dayMs) });
    const [message] = await talk.messages(found.id);
    expect(message).toMatchObject({ content: { text: 'long ago' }, sentAt, receivedAt: now });
    const { refusal } = await talk.sends(found.id, 'Too late');
    expect(refusal).toMatchObject({ code: 'WINDOW_EXPIRED', message: sentence });
  });

  it('Q13 C17: 24 hours late to the second opens nothing, a second less does', async () => {
    const late = await talk.customerWrites('447700900322', 'a', { timestamp: plus(now, -dayMs) });
    expect(late.window.status).toBe('EXPIRED');
    const inTime = await talk.customerWrites('447700900323', 'b', {
      timestamp: plus(now, secondMs - dayMs),
    });
    expect(inTime.window.status).toBe('OPEN');
  });
});

/** The last Sunday of a month, at one o'clock UTC: when the clocks of London change. */
const changeOfClocks = (year: number, month: number): string => {
  const last = new Date(Date.UTC(year, month, 0, 1));
  last.setUTCDate(last.getUTCDate() - last.getUTCDay());
  return last.toISOString();
};

describe('the changes of the clocks', () => {
  const year = new Date().getUTCFullYear() + 1;

  it.each([
    ['spring', changeOfClocks(year, 3), '447700900331'],
    ['autumn', changeOfClocks(year, 10), '447700900332'],
  ])('R005: the window lasts 24 elapsed hours across that of %s', async (_, change, phone) => {
    await standAt(plus(change, -5 * hourMs));
    const found = await talk.customerWrites(phone, 'eight in the evening');
    const closesAt = plus(change, 19 * hourMs);
    expect(found.window.closesAt).toBe(closesAt);
    await standAt(plus(closesAt, -1));
    expect((await talk.conversation(found.id)).window.status).toBe('OPEN');
    await standAt(closesAt);
    expect((await talk.conversation(found.id)).window.status).toBe('EXPIRED');
    const { refusal } = await talk.sends(found.id, 'an hour too late');
    expect(refusal).toMatchObject({ message: sentence, closedAt: closesAt });
  });
});
