import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ERASED } from '#kernel';
import { given, recorded } from '#kernel/spec';
import { writeForm, writeListed, type ListedSms } from '#channels/sms';
import type { WebhookReceived, WebhookSource } from '#webhooks';
import { after, noon } from '../spec/people.js';
import type { InboundSmsItem } from '../domain/sms-item.js';
import { smsInbox } from './sms-inbox.policy.js';

const inbox = smsInbox('a key');
const sid = 'SM0123456789abcdef0123456789abcdef';
const otherSid = 'SM1123456789abcdef0123456789abcdef';
const daniel = '+447700900281';
const ours = '+447700900500';
const query = 'organisation=acme&attempt=1.thread1.reply1.1';

type Fields = { readonly [name: string]: string };
type Body = WebhookReceived['data']['body'];
const fact = (source: WebhookSource, body: Body, asked = '') =>
  recorded<WebhookReceived>(
    { type: 'WebhookReceived', at: noon, data: { source, body, coding: 'none', query: asked } },
    { stream: `webhooks-${source}-2026-11-20`, metadata: { recordedAt: after(7) } },
  );
const message = (changed: Fields = {}) =>
  fact(
    'sms',
    writeForm({
      MessageSid: sid,
      From: daniel,
      To: ours,
      Body: 'Yes please',
      NumMedia: '0',
      ...changed,
    }).toString('base64'),
  );
const status = (changed: Fields = {}, asked = query) =>
  fact(
    'smsstatus',
    writeForm({
      MessageSid: sid,
      MessageStatus: 'delivered',
      From: ours,
      To: daniel,
      ...changed,
    }).toString('base64'),
    asked,
  );
const listed = (changed: Partial<ListedSms> = {}) =>
  fact(
    'smslist',
    writeListed({
      sid,
      direction: 'inbound',
      from: daniel,
      to: ours,
      text: 'Yes please',
      at: after(-60_000),
      status: null,
      providerStatus: 'received',
      errorCode: null,
      segments: 1,
      price: null,
      mediaCount: 0,
      ...changed,
    }).toString('base64'),
  );
const ownSms = (providerStatus: string, changed: Partial<ListedSms> = {}) =>
  listed({ direction: 'outbound', from: ours, to: daniel, providerStatus, ...changed });
const itemOf = (told: ReturnType<typeof fact>): InboundSmsItem['item'] | undefined => {
  const [asked] = inbox.whenever(told);
  return asked && 'command' in asked ? asked.command.command.item : undefined;
};
const inboundMessage = {
  kind: 'message',
  sid,
  from: daniel,
  to: ours,
  text: 'Yes please',
  mediaCount: 0,
  keyword: null,
} as const;

describe('the inbox of SMS', () => {
  it('R100: brings a customer’s SMS to its thread, with the time at which it reached us', () => {
    given(inbox)
      .whenever(message())
      .then({
        to: 'inbound-sms',
        command: { item: { ...inboundMessage, sentAt: after(7) }, receivedAt: after(7) },
      });
  });

  it('Q16: says which keyword it is', () => {
    expect(itemOf(message({ Body: 'STOP' }))).toMatchObject({ keyword: 'stop' });
    expect(itemOf(listed({ text: 'Stop' }))).toMatchObject({ keyword: 'stop' });
  });

  it('F23: reads the same message from the list, by Twilio’s time', () => {
    const item = { ...inboundMessage, sentAt: after(-60_000) };
    given(inbox)
      .whenever(listed())
      .then({ to: 'inbound-sms', command: { item, receivedAt: after(7) } });
  });

  it('R104: brings a receipt to the attempt that its address names', () => {
    expect(itemOf(status())).toEqual({
      kind: 'receipt',
      sid,
      status: 'delivered',
      error: null,
      at: after(7),
      pricing: null,
      place: { organisation: 'acme', attempt: '1.thread1.reply1.1' },
      from: ours,
      to: daniel,
    });
    expect(itemOf(status({}, 'attempt=somebody-else’s'))).toMatchObject({ place: null });
    expect(itemOf(status({ From: '', To: '' }))).toMatchObject({ from: null, to: null });
  });

  it('R106: says why a message failed', () => {
    const error = {
      error: { code: '30005', title: null, message: null, details: null },
      errorClass: { reason: 'invalid_phone_number', retry: 'never', retryable: false },
    };
    const failed = status({ MessageStatus: 'undelivered', ErrorCode: '30005' });
    expect(itemOf(failed)).toMatchObject({ status: 'failed', error });
    const found = ownSms('undelivered', { errorCode: '30005' });
    expect(itemOf(found)).toMatchObject({ status: 'failed', error });
  });

  it.each(['queued', 'accepted', 'sending', 'not-yet-invented'])(
    'R104: asks nothing for a step on the way: %s',
    (step) => {
      given(inbox)
        .whenever(status({ MessageStatus: step }))
        .thenNothing();
      given(inbox).whenever(ownSms(step)).thenNothing();
    },
  );

  it('R104: takes from the list what became of our own message, once that is final', () => {
    given(inbox).whenever(ownSms('sent')).thenNothing();
    for (const final of ['delivered', 'read'])
      expect(itemOf(ownSms(final))).toMatchObject({
        kind: 'receipt',
        status: final,
        error: null,
        at: after(7),
        place: null,
        from: ours,
        to: daniel,
      });
  });

  it('R089: brings segments and price along, as far as the list knows them', () => {
    const price = { amount: '-0.0079', currency: 'USD' };
    expect(itemOf(ownSms('delivered', { price }))).toMatchObject({
      pricing: { segments: 1, ...price },
    });
    expect(itemOf(ownSms('delivered'))).toMatchObject({
      pricing: { segments: 1, amount: null, currency: null },
    });
    expect(itemOf(ownSms('delivered', { segments: null }))).toMatchObject({ pricing: null });
  });

  it('keeps one customer’s messages and one SMS’s receipts in order, and names nobody', () => {
    const keyOf = (told: ReturnType<typeof fact>) => inbox.whenever(told)[0]?.key ?? '';
    const keys = {
      first: keyOf(message()),
      again: keyOf(listed({ sid: otherSid, text: 'later' })),
      other: keyOf(message({ From: '+447700900282' })),
      receipt: keyOf(status()),
      receiptFound: keyOf(ownSms('delivered')),
      otherReceipt: keyOf(status({ MessageSid: otherSid })),
    };
    expect(keys.first).toBe(keys.again);
    expect(keys.receipt).toBe(keys.receiptFound);
    expect(new Set(Object.values(keys)).size).toBe(4);
    expect(Object.values(keys).join()).not.toMatch(/4477009|SM[01]/);
  });

  it.each([
    [message({ From: 'INFO' }), 'From is no E.164 number'],
    [message({ MessageSid: 'SM1' }), 'no MessageSid'],
    [status({ MessageStatus: '' }), 'no MessageStatus'],
    [listed({ sid: 'SM1' }), 'no sid'],
    [listed({ from: 'INFO' }), 'from is no E.164 number'],
    [fact('smslist', Buffer.from('no JSON').toString('base64')), 'no sid'],
    [fact('sms', ''), 'no MessageSid'],
  ])('F17: says of what it cannot read why, and holds up nobody with it', (told, reason) => {
    given(inbox).whenever(told).thenUnreadable(reason);
    const all = [told, message(), message({ To: '' })].flatMap((each) => inbox.whenever(each));
    expect(new Set(all.map(({ key }) => key)).size).toBe(3);
  });

  it('F20: never throws, whatever the bytes, and says something of each message', () => {
    const sources = fc.constantFrom<WebhookSource>('sms', 'smsstatus', 'smslist', 'whatsapp');
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({ sid: fc.constant(sid), direction: fc.string(), at: fc.string() })
        .map((told) => Buffer.from(JSON.stringify(told))),
    );
    fc.assert(
      fc.property(sources, bytes, fc.string(), (source, body, asked) => {
        const items = inbox.whenever(fact(source, Buffer.from(body).toString('base64'), asked));
        expect(items.length).toBeLessThanOrEqual(1);
        if (source === 'sms' || source === 'smslist') expect(items).toHaveLength(1);
      }),
    );
  });

  it('asks the same of the same body each time: a replay is recognised', () => {
    const told = message();
    expect(inbox.whenever(told)).toEqual(inbox.whenever(told));
  });

  it('has nothing to ask of a body that has been erased', () => {
    given(inbox).whenever(fact('sms', ERASED)).thenNothing();
  });
});
