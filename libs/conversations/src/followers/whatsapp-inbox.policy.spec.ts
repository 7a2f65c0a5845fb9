import { describe, expect, it } from '@jest/globals';
import { ERASED, type Json } from '#kernel';
import { given, recorded } from '#kernel/spec';
import type { WebhookReceived } from '#webhooks';
import { after, noon } from '../spec/people.js';
import { whatsAppInbox, type ToInbound } from './whatsapp-inbox.policy.js';

const inbox = whatsAppInbox('a key');
const text = (id: string, from: string, told: object = {}) => ({
  from,
  id,
  timestamp: '1795176000',
  type: 'text',
  text: { body: 'Is it ready?' },
  ...told,
});
const bodyOf = (value: object): string =>
  Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '2',
          changes: [
            { field: 'messages', value: { metadata: { phone_number_id: '1070' }, ...value } },
          ],
        },
      ],
    }),
  ).toString('base64');

const received = (body: WebhookReceived['data']['body']) =>
  recorded<WebhookReceived>(
    {
      type: 'WebhookReceived',
      at: noon,
      data: { source: 'whatsapp', body, coding: 'none', query: '' },
    },
    { stream: 'webhooks-whatsapp-2026-11-20', metadata: { recordedAt: after(7) } },
  );
const askedOf = (value: object): readonly ToInbound['command'][] =>
  inbox
    .whenever(received(bodyOf(value)))
    .flatMap((asked) =>
      'command' in asked && asked.command.to === 'inbound' ? [asked.command.command] : [],
    );
const rawOf = (type: string): { readonly [key: string]: Json } => ({ type, [type]: { id: '7' } });

describe('the inbox of WhatsApp', () => {
  it('addresses each message and each status, with the time at which it reached us', () => {
    const statuses = [
      { id: 'wamid.9', status: 'read', timestamp: '1795176000', recipient_id: '447700900281' },
    ];
    const asked = askedOf({ messages: [text('wamid.1', '447700900281')], statuses });
    expect(
      asked.map(({ item, receivedAt }) => [
        item.kind,
        'providerMessageId' in item && item.providerMessageId,
        receivedAt,
      ]),
    ).toEqual([
      ['message', 'wamid.1', after(7)],
      ['status', 'wamid.9', after(7)],
    ]);
  });

  it.each([
    'image',
    'audio',
    'video',
    'document',
    'sticker',
    'location',
    'contacts',
    'reaction',
    'interactive',
    'button',
    'order',
    'unsupported',
    'not-yet-invented',
  ])('R002, Q04, F20: a message of the type %s opens the window, whatever it holds', (type) => {
    const raw = { ...text('wamid.1', '447700900281', { text: undefined }), ...rawOf(type) };
    const [asked] = askedOf({ messages: [raw] });
    expect(asked?.item).toMatchObject({ kind: 'message', opensWindow: true });
  });

  it('R002: a notice of the system is kept and opens nothing', () => {
    const notice = {
      ...text('wamid.1', '447700900281'),
      type: 'system',
      system: { body: 'changed' },
    };
    const [asked] = askedOf({ messages: [notice] });
    expect(asked?.item).toMatchObject({ opensWindow: false });
  });

  it('keeps one customer’s items in order, and names neither number nor customer', () => {
    const messages = [
      text('wamid.1', '447700900281'),
      text('wamid.2', '447700900282'),
      text('wamid.3', '447700900281'),
    ];
    const [one, other, again] = inbox.whenever(received(bodyOf({ messages })));
    expect(one?.key).toBe(again?.key);
    expect(one?.key).not.toBe(other?.key);
    expect(new Set([one?.item, other?.item, again?.item]).size).toBe(3);
    for (const asked of [one, other, again])
      expect(`${asked?.key} ${asked?.item}`).not.toMatch(/4477009|wamid|1070/);
  });

  it('a notice is asked to be counted, and nothing else comes of it', () => {
    const body = { object: 'whatsapp_business_account' };
    const change = { field: 'account_update', value: { event: 'ACCOUNT_DELETED' } };
    const bytes = JSON.stringify({ ...body, entry: [{ id: '2', changes: [change] }] });
    expect(inbox.whenever(received(Buffer.from(bytes).toString('base64')))).toMatchObject([
      { command: { to: 'notices', command: { name: 'account_update' } } },
    ]);
  });

  it('F17: says of a bad item where it stands and why, and does its neighbours', () => {
    const messages = [
      text('wamid.1', '447700900281'),
      { id: 'wamid.2' },
      text('wamid.3', '447700900281'),
    ];
    given(inbox)
      .whenever(received(bodyOf({ messages })))
      .thenUnreadable(
        'entry[0].changes[0].value.messages[1]: a message without a timestamp in seconds',
      );
    expect(
      askedOf({ messages }).map(
        ({ item }) => 'providerMessageId' in item && item.providerMessageId,
      ),
    ).toEqual(['wamid.1', 'wamid.3']);
  });

  it('F20: a body that cannot be read is one unreadable item', () => {
    const items = inbox.whenever(received(Buffer.from('{"object":').toString('base64')));
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ unreadable: expect.stringMatching(/^body: /) });
  });

  it('asks the same of the same body each time: a replay is recognised', () => {
    const fact = received(bodyOf({ messages: [text('wamid.1', '447700900281')] }));
    given(inbox)
      .whenever(fact)
      .thenAsked(...(inbox.whenever(fact) as never[]));
    expect(inbox.whenever(fact)).toEqual(inbox.whenever(fact));
  });

  it('has nothing to ask of a body that has been erased', () => {
    given(inbox).whenever(received(ERASED)).thenNothing();
  });
});
