import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '#kernel';
import { change, daniel, delivery, messageOf, metaBytes, text, without } from './spec/bodies.js';
import { messageShapes, type MessageShapeName } from './spec/shapes.js';
import { readWebhook } from './webhook.js';
import type { InboundContent, WebhookItem } from './webhook-item.js';

const read = (body: Json): readonly WebhookItem[] => readWebhook(metaBytes(body), 'key');
const readMessages = (...messages: readonly Json[]): readonly WebhookItem[] =>
  read(delivery(change({ contacts: [daniel], messages })));
const readField = (field: string, value: JsonObject): readonly WebhookItem[] =>
  read(delivery({ ...change(value), field }));

const media = {
  kind: 'media',
  providerMediaId: '48211907',
  sha256: 'q0Zl2bYw7h3Qm1rT8sVd4KfXcN6gJp5uE9aLxHiOyCs=',
  caption: null,
  filename: null,
  isVoice: false,
  isAnimated: false,
} as const;
const place = { kind: 'location', name: null, address: null, url: null } as const;
const choice = { kind: 'reply', id: null, title: null, description: null, data: null } as const;
const notice = { kind: 'system', text: null, waId: null, userId: null } as const;
const whole = (name: MessageShapeName): InboundContent => ({
  kind: 'unsupported',
  type: (messageShapes[name] as JsonObject)['type'] as string,
  raw: messageOf(messageShapes[name]),
});

/** What each shape is to us. */
const contents: { readonly [Name in MessageShapeName]: InboundContent } = {
  text: { kind: 'text', text: 'Is it ready?' },
  'text from an ad': { kind: 'text', text: 'How much is it?' },
  'text, passed on': { kind: 'text', text: 'Look at this' },
  'text, passed on often': { kind: 'text', text: 'Everybody must see this' },
  'text about a product': { kind: 'text', text: 'Is this one left?' },
  'text that answers': { kind: 'text', text: 'Yes, that one' },
  image: { ...media, media: 'IMAGE', mimeType: 'image/jpeg', caption: 'The dent' },
  video: { ...media, media: 'VIDEO', mimeType: 'video/mp4' },
  audio: { ...media, media: 'AUDIO', mimeType: 'audio/mpeg' },
  voice: { ...media, media: 'AUDIO', mimeType: 'audio/ogg; codecs=opus', isVoice: true },
  document: {
    ...media,
    media: 'DOCUMENT',
    mimeType: 'application/pdf',
    filename: 'Übergabe-протокол.pdf',
    caption: 'Signed',
  },
  sticker: { ...media, media: 'STICKER', mimeType: 'image/webp', isAnimated: true },
  location: {
    kind: 'location',
    latitude: 51.5055,
    longitude: -0.0754,
    name: 'Tower Bridge',
    address: 'London SE1 2UP',
    url: 'https://example.com/bridge',
  },
  'location, a pin alone': { ...place, latitude: -33.86, longitude: 151.2 },
  'location without a type': { ...place, latitude: 0, longitude: 0, name: 'Null Island' },
  contacts: {
    kind: 'contacts',
    contacts: [
      {
        name: 'Sofia Marino',
        organisation: 'Marino Garage',
        phones: [{ number: '+44 7700 900734', label: 'WORK', waId: '447700900734' }],
        emails: ['sofia@example.com'],
      },
      { name: 'Only Name', organisation: null, phones: [], emails: [] },
    ],
  },
  'button of a template': {
    ...choice,
    reply: 'TEMPLATE_BUTTON',
    id: 'confirm-tuesday',
    title: 'Confirm',
  },
  'button of a template without context': {
    ...choice,
    reply: 'TEMPLATE_BUTTON',
    title: 'Confirm',
  },
  'button reply': { ...choice, reply: 'BUTTON', id: 'yes', title: 'Yes, please' },
  'list reply': {
    ...choice,
    reply: 'LIST',
    id: 'slot-9',
    title: '09:00',
    description: 'Tuesday morning',
  },
  'list reply without a description': { ...choice, reply: 'LIST', id: 'slot-10', title: '10:00' },
  'flow reply': {
    ...choice,
    reply: 'FLOW',
    id: 'feedback',
    title: 'Sent',
    data: { flow_token: 't-1', stars: 5, why: 'naïve' },
  },
  'flow reply that is no object': { ...choice, reply: 'FLOW', data: { response_json: '[1]' } },
  'flow reply that is broken': { ...choice, reply: 'FLOW', data: { response_json: '{"stars":' } },
  'call permission': {
    ...choice,
    reply: 'CALL_PERMISSION',
    id: 'accept',
    data: { expiration_timestamp: 1795789200, response_source: 'user_action' },
  },
  order: {
    ...choice,
    reply: 'ORDER',
    id: '5501',
    title: 'For Tuesday',
    data: messageShapes.order.order,
  },
  'changed number': {
    ...notice,
    change: 'user_changed_number',
    text: 'The customer changed their number',
    waId: '447700900282',
  },
  'changed user id': {
    ...notice,
    change: 'user_changed_user_id',
    text: 'A new user id',
    userId: 'GB.9901',
  },
  'chat opened for the first time': { ...notice, change: 'request_welcome' },
  unsupported: whole('unsupported'),
  'interactive without a body': whole('interactive without a body'),
  'type of the future': whole('type of the future'),
};

describe('what a customer can do', () => {
  for (const [name, content] of Object.entries(contents))
    it(`R002, Q04: ${name}`, () => {
      const [item, ...others] = readMessages(messageOf(messageShapes[name as MessageShapeName]));
      expect(others).toEqual([]);
      const opensWindow = !name.startsWith('changed');
      expect(item).toMatchObject({ kind: 'message', content, opensWindow });
    });

  it('knows where a message came from, and what it is about', () => {
    const surroundings = (name: MessageShapeName) => {
      const [item] = readMessages(messageOf(messageShapes[name]));
      return item?.kind === 'message' ? item.surroundings : null;
    };
    const none = { forwarded: 'no', referral: null, referredProduct: null };
    expect(surroundings('text')).toEqual(none);
    expect(surroundings('text, passed on')).toEqual({ ...none, forwarded: 'once' });
    expect(surroundings('text, passed on often')).toEqual({ ...none, forwarded: 'often' });
    const { referral } = messageShapes['text from an ad'];
    expect(surroundings('text from an ad')).toEqual({ ...none, referral });
    expect(surroundings('text about a product')).toEqual({
      ...none,
      referredProduct: { catalog_id: '5501', product_retailer_id: 'tyre-17' },
    });
  });

  it.each([
    ['image', { image: { mime_type: 'image/jpeg' } }],
    ['location', { location: { latitude: '51.5', longitude: 0 } }],
    ['location', { location: { latitude: 91, longitude: 0 } }],
    ['contacts', { contacts: [] }],
    ['contacts', { contacts: ['Sofia'] }],
    ['button', { button: {} }],
    ['interactive', { interactive: { type: 'button_reply', button_reply: {} } }],
    ['order', { order: 'two tyres' }],
    ['system', { system: null }],
    ['reaction', { reaction: { emoji: '👍' } }],
    ['edit', { edit: { original_message_id: 'wamid.0' } }],
    ['edit', { edit: { original_message_id: 'wamid.0', message: { type: 'poll' } } }],
    ['revoke', { revoke: {} }],
    ['constructor', {}],
  ])('F20: %s without the parts that it should have is kept whole', (type, parts) => {
    const message = { ...messageOf({ type }), ...parts };
    expect(readMessages(message)).toMatchObject([
      { kind: 'message', content: { kind: 'unsupported', type, raw: message } },
    ]);
  });

  it('S6: answers of a form that nest too deep are kept as the text that they came as', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const answers = (response_json: string) => {
      const interactive = { nfm_reply: { response_json } };
      const [item] = readMessages(messageOf({ type: 'interactive', interactive }));
      return item?.kind === 'message' && item.content.kind === 'reply' ? item.content.data : null;
    };
    expect(answers(nested(15))).toHaveProperty('a');
    expect(answers(nested(16))).toEqual({ response_json: nested(16) });
    expect(answers(nested(100_000))).toHaveProperty('response_json');
  });

  it('F20: a number that no double can hold is kept as a word', () => {
    const bytes = Buffer.from(
      metaBytes(delivery(change({ contacts: [daniel], messages: [messageOf({ type: 'new' })] })))
        .toString()
        .replace('"type":"new"', '"type":"new","large":1e999,"fine":1e9'),
    );
    expect(readWebhook(bytes, 'key')).toMatchObject([
      { content: { raw: { large: 'Infinity', fine: 1e9 } } },
    ]);
  });
});

describe('what concerns an earlier message', () => {
  const about = { providerMessageId: 'wamid.one', targetProviderMessageId: 'wamid.0' };

  it.each([
    ['👍', { message_id: 'wamid.0', emoji: '👍' }],
    [null, { message_id: 'wamid.0', emoji: '' }],
    [null, { message_id: 'wamid.0' }],
  ])('Q04: a reaction: %j', (emoji, reaction) => {
    expect(readMessages(messageOf({ type: 'reaction', reaction }))).toMatchObject([
      { kind: 'reaction', ...about, emoji },
    ]);
  });

  it('an edit, with the new words, and a revocation', () => {
    const message = { type: 'text', text: { body: 'Is it ready now?' } };
    const edit = { original_message_id: 'wamid.0', message };
    const revoke = { original_message_id: 'wamid.0' };
    expect(readMessages(messageOf({ type: 'edit', edit }))).toMatchObject([
      { kind: 'edit', ...about, content: { kind: 'text', text: 'Is it ready now?' } },
    ]);
    expect(readMessages(messageOf({ type: 'revoke', revoke }))).toMatchObject([
      { kind: 'revoke', ...about },
    ]);
  });
});

describe('calls', () => {
  const call = {
    id: 'wacid.1',
    from: '447700900281',
    to: '447700900123',
    event: 'connect',
    timestamp: '1795184400',
    direction: 'USER_INITIATED',
  };

  it('Q04: of a customer are told when they begin to ring, wherever they stand', () => {
    const told = { kind: 'call', how: 'called', providerMessageId: 'wacid.1' };
    const item = { ...told, customer: { waId: '447700900281' } };
    expect(readField('calls', { calls: [call] })).toMatchObject([item]);
    expect(readField('messages', { calls: [call] })).toMatchObject([item]);
    const { id: wacid, timestamp: start_time, ...older } = call;
    const changed = { ...older, wacid, event: 'CALL_CONNECT', start_time: Number(start_time) };
    expect(readField('calls', { calls: [changed] })).toMatchObject([item]);
  });

  it('Q04: of the business count once the customer takes them', () => {
    const status = { id: 'wacid.2', type: 'call', timestamp: '1795184400' };
    const told = (name: string) => ({ ...status, status: name, recipient_id: '447700900281' });
    const statuses = ['RINGING', 'ACCEPTED', 'REJECTED'].map(told);
    expect(readField('calls', { statuses })).toMatchObject([
      { kind: 'notice', name: 'calls' },
      { kind: 'call', how: 'answered', providerMessageId: 'wacid.2' },
      { kind: 'notice', name: 'calls' },
    ]);
  });

  it('are notices as they go on, and unreadable without a caller', () => {
    const calls = [
      { ...call, event: 'terminate' },
      { ...call, direction: 'BUSINESS_INITIATED' },
      without(call, 'from'),
      'a call',
    ];
    expect(readField('calls', { calls })).toMatchObject([
      { kind: 'notice', name: 'calls' },
      { kind: 'notice', name: 'calls' },
      { kind: 'unreadable', reason: 'a call without a customer' },
      { kind: 'unreadable', reason: 'a call that is no object' },
    ]);
  });
});

describe('what is written in the WhatsApp Business app', () => {
  const echo = { ...text({}), from: '447700900123', to: '447700900281', id: 'wamid.echo' };

  it('R006: is the business’s, to the customer that it was written to', () => {
    const item = {
      kind: 'echo',
      customer: { waId: '447700900281' },
      providerMessageId: 'wamid.echo',
      content: { kind: 'text', text: 'Is it ready?' },
    };
    for (const field of ['smb_message_echoes', 'messages'])
      expect(readField(field, { message_echoes: [echo] })).toMatchObject([item]);
  });

  it('is a notice when it changes an earlier message, and unreadable when nobody is addressed', () => {
    const message_echoes = [{ ...echo, type: 'revoke' }, without(echo, 'to')];
    expect(readField('smb_message_echoes', { message_echoes })).toMatchObject([
      { kind: 'notice', name: 'message_echoes.revoke' },
      { kind: 'unreadable', reason: 'an echo without a customer' },
    ]);
  });
});

describe('notices', () => {
  it.each([
    'account_alerts',
    'account_review_update',
    'account_settings_update',
    'account_update',
    'business_capability_update',
    'business_username_update',
    'group_lifecycle_update',
    'history',
    'message_template_components_update',
    'message_template_quality_update',
    'message_template_status_update',
    'partner_solutions',
    'payment_configuration_update',
    'phone_number_name_update',
    'phone_number_quality_update',
    'security',
    'smb_app_state_sync',
    'template_category_update',
    'user_id_update',
    'user_preferences',
  ])('%s is known, and nobody’s task yet', (field) => {
    expect(read(delivery({ field, value: {} }))).toMatchObject([{ kind: 'notice', name: field }]);
    expect(read(delivery({ field }))).toMatchObject([{ kind: 'notice', name: field }]);
  });

  it('F20: a field that nobody knows is unreadable, and named', () => {
    expect(read(delivery({ field: 'some_future_field', value: {} }))).toMatchObject([
      { kind: 'unreadable', reason: 'an unknown field: some_future_field' },
    ]);
  });
});
