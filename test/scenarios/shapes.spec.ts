import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { messageShapes, type MessageShapeName } from '#channels/whatsapp/spec';
import { Casement } from '../harness/casement.js';
import { toldQuery, type ToldConversation, type ToldInbox } from '../harness/content.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Talk } from '../harness/talk.js';
import { delivery, messagesChange } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

type Item = { readonly [name: string]: unknown };

let casement: Casement;
let seconds: number;

beforeAll(async () => {
  casement = await Casement.start();
  seconds = Math.floor(Date.parse(await casement.simulator.now()) / 1000) - 60;
});
afterAll(() => casement.remove());

const names = Object.keys(messageShapes) as readonly MessageShapeName[];
const phoneOf = (name: MessageShapeName): string => `4477009020${names.indexOf(name) + 10}`;
const instantOf = (second: number): string => new Date(second * 1000).toISOString();
const messageOf = (from: string, id: string, parts: Item, second = seconds): Item => ({
  from,
  id,
  timestamp: String(second),
  ...parts,
});
const field = (name: string, value: Item): Item => ({
  field: name,
  value: {
    messaging_product: 'whatsapp',
    metadata: { phone_number_id: casement.demo.number.phoneNumberId },
    ...value,
  },
});
const deliver = async (...changes: readonly Item[]): Promise<void> => {
  expect((await casement.deliver(delivery(changes))).status).toBe(200);
};
const write = (...messages: readonly Item[]): Promise<void> =>
  deliver(messagesChange(casement.demo.number.phoneNumberId, messages));
const told = async (phone: string): Promise<ToldConversation | null> => {
  const { conversations } = await casement.gql<ToldInbox>('agent', toldQuery, { phone });
  return conversations.nodes[0] ?? null;
};
const toldThat = (
  what: string,
  phone: string,
  fits: (conversation: ToldConversation) => boolean,
): Promise<ToldConversation> =>
  eventually(what, async () => {
    const found = await told(phone);
    return found && fits(found) && found;
  });
/** The lines of a metric; of the inbox's follower when none is named. */
const measured = async (name = 'follower="whatsapp-inbox"'): Promise<readonly string[]> => {
  const text = await (await casement.get('/metrics')).text();
  return text
    .split('\n')
    .filter((line) => line.includes(name) && !line.startsWith('#'))
    .toSorted();
};
const parkedReasons = async (): Promise<readonly string[]> => {
  const { stdout } = await casement.command('parked', 'list', '--json');
  return (JSON.parse(stdout) as readonly { reason: string }[]).map(({ reason }) => reason);
};

const text = (words: string) => ({ __typename: 'TextContent', text: words });
const media = (kind: string, mimeType: string, more: Item = {}) => ({
  __typename: 'MediaContent',
  id: expect.stringMatching(/^[0-9a-f]{24}$/),
  kind,
  mimeType,
  sha256: 'q0Zl2bYw7h3Qm1rT8sVd4KfXcN6gJp5uE9aLxHiOyCs=',
  caption: null,
  filename: null,
  voice: false,
  animated: false,
  ...more,
});
const place = (latitude: number, longitude: number, more: Item = {}) => ({
  __typename: 'LocationContent',
  latitude,
  longitude,
  name: null,
  address: null,
  url: null,
  ...more,
});
const choice = (reply: string, more: Item) => ({
  __typename: 'InteractiveReplyContent',
  reply,
  chosenId: null,
  title: null,
  description: null,
  data: null,
  ...more,
});
const notice = (type: string, raw: unknown) => ({ __typename: 'UnsupportedContent', type, raw });

/** What a client is told of each shape. */
const contents: { readonly [Name in MessageShapeName]: object } = {
  text: text('Is it ready?'),
  'text from an ad': text('How much is it?'),
  'text, passed on': text('Look at this'),
  'text, passed on often': text('Everybody must see this'),
  'text about a product': text('Is this one left?'),
  'text that answers': text('Yes, that one'),
  image: media('IMAGE', 'image/jpeg', { caption: 'The dent' }),
  video: media('VIDEO', 'video/mp4'),
  audio: media('AUDIO', 'audio/mpeg'),
  voice: media('AUDIO', 'audio/ogg; codecs=opus', { voice: true }),
  document: media('DOCUMENT', 'application/pdf', {
    filename: 'Übergabe-протокол.pdf',
    caption: 'Signed',
  }),
  sticker: media('STICKER', 'image/webp', { animated: true }),
  location: place(51.5055, -0.0754, {
    name: 'Tower Bridge',
    address: 'London SE1 2UP',
    url: 'https://example.com/bridge',
  }),
  'location, a pin alone': place(-33.86, 151.2),
  'location without a type': place(0, 0, { name: 'Null Island' }),
  contacts: {
    __typename: 'ContactsContent',
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
  'button of a template': choice('TEMPLATE_BUTTON', {
    chosenId: 'confirm-tuesday',
    title: 'Confirm',
  }),
  'button of a template without context': choice('TEMPLATE_BUTTON', { title: 'Confirm' }),
  'button reply': choice('BUTTON', { chosenId: 'yes', title: 'Yes, please' }),
  'list reply': choice('LIST', {
    chosenId: 'slot-9',
    title: '09:00',
    description: 'Tuesday morning',
  }),
  'list reply without a description': choice('LIST', { chosenId: 'slot-10', title: '10:00' }),
  'flow reply': choice('FLOW', {
    chosenId: 'feedback',
    title: 'Sent',
    data: { flow_token: 't-1', stars: 5, why: 'naïve' },
  }),
  'flow reply that is no object': choice('FLOW', { data: { response_json: '[1]' } }),
  'flow reply that is broken': choice('FLOW', { data: { response_json: '{"stars":' } }),
  'call permission': choice('CALL_PERMISSION', {
    chosenId: 'accept',
    data: { expiration_timestamp: 1795789200, response_source: 'user_action' },
  }),
  order: choice('ORDER', {
    chosenId: '5501',
    title: 'For Tuesday',
    data: messageShapes.order.order,
  }),
  'changed number': notice('user_changed_number', {
    body: 'The customer changed their number',
    wa_id: '447700900282',
  }),
  'changed user id': notice('user_changed_user_id', { body: 'A new user id', user_id: 'GB.9901' }),
  'chat opened for the first time': notice('request_welcome', {}),
  unsupported: notice('unsupported', expect.objectContaining({ unsupported: { type: 'poll' } })),
  'interactive without a body': notice('interactive', expect.anything()),
  'type of the future': notice('hologram', expect.objectContaining({ hologram: { id: '7' } })),
};

/** Whoever changed their number, and had not been met before, is met at the new one. */
const changedNumbers = new Map([['changed number', '447700900282']]);

/** A row is read before the messages that are shown with it: both must tell of it. */
const isShown = ({ messages, unreadCount }: ToldConversation): boolean =>
  messages.nodes.length > 0 && unreadCount > 0;

describe('every type of message, in one delivery', () => {
  beforeAll(async () => {
    const messages = names.map((name) =>
      messageOf(phoneOf(name), `wamid.${name}`, messageShapes[name]),
    );
    // Twice in one body, as it happens.
    await write(...messages, ...messages);
  });

  for (const name of names)
    it(`R002, Q04: ${name}`, async () => {
      const phone = changedNumbers.get(name) ?? phoneOf(name);
      const found = await toldThat(name, phone, isShown);
      expect(found.messages.nodes.map(({ content }) => content)).toEqual([contents[name]]);
      expect(found.unreadCount).toBe(1);
      expect(found.lastMessage?.id).toBe(found.messages.nodes[0]?.id);
      expect(found.window.status).toBe(name.startsWith('changed') ? 'NEVER_OPENED' : 'OPEN');
    });

  it('tells where a message came from, and what it is about', async () => {
    const first = async (name: MessageShapeName) => (await told(phoneOf(name)))?.messages.nodes[0];
    expect(await first('text')).toMatchObject({ forwarded: null, referral: null, quoted: null });
    expect(await first('text, passed on')).toMatchObject({ forwarded: 'ONCE' });
    expect(await first('text, passed on often')).toMatchObject({ forwarded: 'OFTEN' });
    expect(await first('text from an ad')).toMatchObject({
      referral: { sourceType: 'ad', sourceId: '7003120', headline: 'Winter check' },
    });
    expect(await first('text about a product')).toMatchObject({
      referredProduct: { catalogId: '5501', productId: 'tyre-17' },
    });
  });
});

describe('what concerns an earlier message', () => {
  const phone = '447700902190';
  const first = () => toldThat('the message', phone, ({ messages }) => messages.nodes.length > 0);

  it('Q04: a reaction is shown on it, the newest only, and goes again', async () => {
    await write(messageOf(phone, 'wamid.earlier', messageShapes.text));
    const react = (id: string, reaction: Item, second: number) =>
      messageOf(phone, id, { type: 'reaction', reaction }, second);
    const message_id = 'wamid.earlier';
    await write(react('wamid.r1', { message_id, emoji: '👍' }, seconds + 5));
    await toldThat('a thumb', phone, ({ messages: { nodes } }) =>
      Boolean(nodes[0]?.reactions.some(({ emoji }) => emoji === '👍')),
    );
    await write(react('wamid.r2', { message_id, emoji: '❤️' }, seconds + 6));
    const isOf = (second: number) => (found: ToldConversation) =>
      found.window.lastCustomerMessageAt === instantOf(second);
    await toldThat('the window of the heart', phone, isOf(seconds + 6));
    const loved = await toldThat('a heart', phone, ({ messages: { nodes } }) =>
      Boolean(nodes[0]?.reactions.some(({ emoji }) => emoji === '❤️')),
    );
    expect(loved.messages.nodes).toMatchObject([
      { reactions: [{ emoji: '❤️', at: instantOf(seconds + 6) }] },
    ]);
    expect(loved).toMatchObject({
      unreadCount: 1,
      window: {
        lastCustomerMessageAt: instantOf(seconds + 6),
        decidedBy: { type: 'CustomerReactionReceived' },
      },
    });
    await write(react('wamid.r3', { message_id, emoji: '' }, seconds + 7));
    await toldThat(
      'no reaction',
      phone,
      ({ messages: { nodes } }) => nodes[0]?.reactions.length === 0,
    );
  });

  it('an edit gives it other words, also when it overtakes its message', async () => {
    const message = { type: 'text', text: { body: 'Is it ready now?' } };
    const edit = { original_message_id: 'wamid.earlier', message };
    await write(messageOf(phone, 'wamid.e1', { type: 'edit', edit }, seconds + 8));
    const edited = await toldThat('the edit', phone, ({ messages: { nodes } }) =>
      Boolean(nodes[0]?.editedAt),
    );
    expect(edited.messages.nodes).toMatchObject([
      { content: text('Is it ready now?'), editedAt: instantOf(seconds + 8), revokedAt: null },
    ]);
    const early = { original_message_id: 'wamid.late', message };
    await write(messageOf(phone, 'wamid.e2', { type: 'edit', edit: early }, seconds + 10));
    await write(messageOf(phone, 'wamid.late', messageShapes.text, seconds + 9));
    const overtaken = await toldThat('the overtaken message', phone, ({ messages: { nodes } }) =>
      Boolean(nodes[1]?.editedAt),
    );
    expect(overtaken.messages.nodes[1]).toMatchObject({ content: text('Is it ready now?') });
  });

  it('a revocation takes its words away', async () => {
    const revoke = { original_message_id: 'wamid.earlier' };
    await write(messageOf(phone, 'wamid.v1', { type: 'revoke', revoke }, seconds + 11));
    const revoked = await toldThat('the revocation', phone, ({ messages: { nodes } }) =>
      Boolean(nodes[0]?.revokedAt),
    );
    expect(revoked.messages.nodes[0]).toMatchObject({
      content: text('[taken back]'),
      revokedAt: instantOf(seconds + 11),
    });
  });

  it('an answer names it', async () => {
    const context = { from: '447700900123', id: 'wamid.late' };
    await write(messageOf(phone, 'wamid.answer', { ...messageShapes.text, context }, seconds + 12));
    const answered = await toldThat(
      'the answer',
      phone,
      ({ messages }) => messages.nodes.length === 3,
    );
    const [, late, answer] = answered.messages.nodes;
    expect(answer).toMatchObject({ quoted: { id: late?.id } });
    expect((await first()).unreadCount).toBe(3);
  });
});

describe('what is no message', () => {
  it('Q04: a call opens the window, and is no message', async () => {
    const phone = '447700902191';
    const call = { event: 'connect', direction: 'USER_INITIATED', to: '447700900123' };
    await deliver(field('calls', { calls: [messageOf(phone, 'wacid.1', call)] }));
    const called = await toldThat('the call', phone, ({ window }) => window.status === 'OPEN');
    expect(called).toMatchObject({
      unreadCount: 0,
      lastMessage: null,
      window: { decidedBy: { type: 'CustomerCallReceived' } },
    });
  });

  it('R006: what is written in the business app is the business’s, and opens nothing', async () => {
    const phone = '447700902192';
    const echo = { ...messageOf('447700900123', 'wamid.echo', messageShapes.image), to: phone };
    await deliver(field('smb_message_echoes', { message_echoes: [echo] }));
    const status = { id: 'wamid.echo', status: 'read', timestamp: `${seconds}` };
    await deliver(field('messages', { statuses: [{ ...status, recipient_id: phone }] }));
    const found = await toldThat('the echo, read', phone, ({ messages: { nodes } }) =>
      nodes.some((each) => each.status === 'READ'),
    );
    expect(found.window.status).toBe('NEVER_OPENED');
    expect(found.messages.nodes).toMatchObject([
      { direction: 'OUTBOUND', content: contents.image, userId: null, author: null },
    ]);
  });
});

describe('the odd shapes of the wild', () => {
  it('F17: no contacts, no profile, integer times, a user id alone, several kinds in one entry', async () => {
    const phone = '447700902193';
    const bsuid = 'GB.20417733118';
    const { type, text: body } = messageShapes.text;
    const plain = { type, text: body };
    await deliver(
      field('messages', {
        messages: [{ ...messageOf(phone, 'wamid.o1', plain), timestamp: seconds }],
      }),
      field('messages', {
        contacts: [{ user_id: bsuid, profile: { name: 'Nobody’s number' } }],
        messages: [
          { id: 'wamid.o2', from_user_id: bsuid, timestamp: `${seconds}`, ...plain },
          messageOf(phone, 'wamid.o3', messageShapes.location),
        ],
        statuses: [],
        errors: [{ code: 131000, title: 'Something went wrong' }],
      }),
      { field: 'account_update', value: { event: 'ACCOUNT_RESTRICTION' } },
      { field: 'message_template_status_update', value: { event: 'APPROVED' } },
      { field: 'phone_number_quality_update', value: { event: 'UPGRADE' } },
    );
    const found = await toldThat('both', phone, ({ messages }) => messages.nodes.length === 2);
    expect(found.messages.nodes.map(({ content }) => content)).toEqual([
      contents.text,
      contents.location,
    ]);
    const nobody = await toldThat('a user id alone', 'Nobody’s number', () => true);
    expect(nobody.window.status).toBe('OPEN');
    expect(await measured('whatsapp_notices_total')).toEqual(
      [
        'account_update',
        'message_template_status_update',
        'messages.errors',
        'phone_number_quality_update',
      ].map((notice) => `whatsapp_notices_total{notice="${notice}"} 1`),
    );
  });
});

describe('what cannot be understood', () => {
  it('F20: is parked with its reason; nothing else is, and notices are not', async () => {
    expect(await parkedReasons()).toEqual([]);
    await deliver(
      { field: 'some_future_field', value: {} },
      { field: 'messages', value: { messages: [messageShapes.text] } },
      field('messages', {
        messages: [{ ...messageShapes.text, id: 'wamid.p1' }],
        statuses: [{ id: 'wamid.p2', status: 'levitating', timestamp: `${seconds}` }],
        tides: [],
      }),
    );
    const reasons = await eventually('the reasons', async () => {
      const found = await parkedReasons();
      return found.length >= 5 && found;
    });
    expect(reasons.map((reason) => reason.replace(/^\S+: /, '')).toSorted()).toEqual([
      'a change without metadata.phone_number_id',
      'a message without a timestamp in seconds',
      'an unknown field: some_future_field',
      'an unknown status: levitating',
      'unknown: tides',
    ]);
    const talk = new Talk(casement);
    await talk.customerWrites('447700902194', 'and on it goes');
    expect(await measured()).toEqual([
      'follower_parked_items{follower="whatsapp-inbox"} 5',
      'follower_waiting_items{follower="whatsapp-inbox"} 0',
    ]);
  });
});
