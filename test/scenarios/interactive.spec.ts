import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Bridging } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import type { Message, Refusal } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

let casement: Casement;
let talk: Talk;
let bridging: Bridging;

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
  bridging = new Bridging(casement);
  await casement.simulator.mood({ receiptDelayMs: 5 });
});
afterAll(() => casement.remove());

type Sent = {
  readonly position: string | null;
  readonly refusal: Refusal | null;
  readonly bridge: { readonly id: string } | null;
  readonly message: (Message & { readonly content: object }) | null;
};
type Given = { readonly [field: string]: unknown };

const content = `content { __typename
  ... on LocationContent { latitude longitude name address }
  ... on InteractiveContent { header { text } body footer action { __typename
    ... on ReplyButtons { buttons { id title } }
    ... on ChoiceList { button sections { title rows { id title description } } }
    ... on UrlButton { text url } } }
  ... on InteractiveReplyContent { reply chosenId title } }`;
const document = `mutation($input: SendMessageInput!) { sendMessage(input: $input) {
  position bridge { id } refusal { __typename code message
    ... on InvalidContentRefusal { field limit actual } }
  message { id status kind billingClass failure { reason } ${content} } } }`;

const sends = async (conversationId: string, given: Given): Promise<Sent> => {
  const input = { conversationId, idempotencyKey: randomUUID(), ...given };
  return (await casement.gql<{ sendMessage: Sent }>('agent', document, { input })).sendMessage;
};

const row = (id: string) => ({ id, title: `Row ${id}`, description: null });
const contents: readonly (readonly [string, Given, object, string, string])[] = [
  [
    'R120: a place',
    { location: { latitude: 51.5, longitude: -0.12, name: 'AcmeMotors' } },
    { __typename: 'LocationContent', latitude: 51.5, name: 'AcmeMotors', address: null },
    'location',
    'AcmeMotors\n📍 51.5, -0.12',
  ],
  [
    'R124: reply buttons',
    {
      interactive: {
        header: { text: 'Your car' },
        body: 'When?',
        footer: 'AcmeMotors',
        buttons: [
          { id: 'five', title: 'At five' },
          { id: 'six', title: 'At six' },
        ],
      },
    },
    {
      __typename: 'InteractiveContent',
      header: { text: 'Your car' },
      body: 'When?',
      footer: 'AcmeMotors',
      action: {
        __typename: 'ReplyButtons',
        buttons: [
          { id: 'five', title: 'At five' },
          { id: 'six', title: 'At six' },
        ],
      },
    },
    'interactive',
    'Your car\nWhen?\nAcmeMotors\n▸ At five\n▸ At six',
  ],
  [
    'R125: a list',
    {
      interactive: {
        body: 'Which?',
        list: { button: 'Choose', sections: [{ rows: [row('a'), row('b')] }] },
      },
    },
    {
      header: null,
      footer: null,
      action: {
        __typename: 'ChoiceList',
        button: 'Choose',
        sections: [{ title: null, rows: [row('a'), row('b')] }],
      },
    },
    'interactive',
    'Which?\n▸ Choose\n▸ Row a\n▸ Row b',
  ],
  [
    'R126: a button that opens a page',
    { interactive: { body: 'Look!', urlButton: { text: 'Open', url: 'https://acme.test/1' } } },
    { action: { __typename: 'UrlButton', text: 'Open', url: 'https://acme.test/1' } },
    'interactive',
    'Look!\n▸ Open: https://acme.test/1',
  ],
];

describe('inside the window', () => {
  const phone = '447700900701';
  let id: string;
  beforeAll(async () => {
    ({ id } = await talk.customerWrites(phone, 'Hello'));
  });

  it.each(contents)('R011: %s is sent, shown and read', async (_, given, told, type, text) => {
    const { message, refusal } = await sends(id, given);
    expect(refusal).toBeNull();
    expect(message).toMatchObject({ kind: 'FREE_FORM', billingClass: 'SESSION', content: told });
    await talk.messageThatIs('READ', id, message?.id ?? '');
    expect((await casement.simulator.outbox(phone)).at(-1)).toMatchObject({ type, text });
  });

  it('P9: with one key is one message; with something else to say a conflict', async () => {
    const key = { idempotencyKey: 'the place' };
    const here = { location: { latitude: 1, longitude: 2 } };
    const { message } = await sends(id, { ...key, ...here });
    expect((await sends(id, { ...key, ...here })).message?.id).toBe(message?.id);
    const elsewhere = { location: { latitude: 1, longitude: 3 } };
    expect((await sends(id, { ...key, ...elsewhere })).refusal?.code).toBe('IDEMPOTENCY_CONFLICT');
  });

  it('the customer’s choice says which it was', async () => {
    const answer = { type: 'button_reply', button_reply: { id: 'five', title: 'At five' } };
    await casement.simulator.writes(phone, null, { type: 'interactive', payload: answer });
    const query = `query($id: ID!) { conversation(id: $id) { messages(last: 20) { nodes {
      ${content} } } } }`;
    await talk.conversationThat('an unread choice', id, ({ unreadCount }) => unreadCount === 2);
    const { conversation } = await casement.gql<{
      conversation: { messages: { nodes: readonly { content: object }[] } };
    }>('agent', query, { id });
    // WhatsApp tells whole seconds: it may stand before what was sent in the same one.
    expect(conversation.messages.nodes.map((each) => each.content)).toContainEqual({
      __typename: 'InteractiveReplyContent',
      reply: 'BUTTON',
      chosenId: 'five',
      title: 'At five',
    });
  });

  it.each<[string, Given, object]>([
    ['nothing', {}, { field: 'text' }],
    ['two things', { text: 'Hi', location: { latitude: 1, longitude: 2 } }, { field: 'location' }],
    [
      'R124: four buttons',
      {
        interactive: {
          body: 'So?',
          buttons: ['1', '2', '3', '4']
            .map(row)
            .map(({ id: each, title }) => ({ id: each, title })),
        },
      },
      { field: 'interactive.buttons', limit: 3, actual: 4 },
    ],
    [
      'R124: a title of 21 characters',
      { interactive: { body: 'So?', buttons: [{ id: 'a', title: 'a'.repeat(21) }] } },
      { field: 'interactive.buttons.0.title', limit: 20, actual: 21 },
    ],
    [
      'R125: eleven rows',
      {
        interactive: {
          body: 'So?',
          list: {
            button: 'Choose',
            sections: [{ rows: Array.from({ length: 11 }, (_, index) => row(`${index}`)) }],
          },
        },
      },
      { field: 'interactive.list.sections.rows', limit: 10, actual: 11 },
    ],
    ['nowhere', { location: { latitude: 91, longitude: 0 } }, { field: 'location.latitude' }],
  ])('%s is refused, and nothing is written', async (_, given, told) => {
    const before = await talk.position();
    expect(await sends(id, given)).toMatchObject({
      refusal: { __typename: 'InvalidContentRefusal', code: 'CONTENT_INVALID', ...told },
      position: null,
    });
    expect(await talk.position()).toBe(before);
  });
});

describe('outside the window', () => {
  const phone = '447700900702';
  const here = { location: { latitude: 51.5, longitude: -0.12 } };
  let id: string;
  beforeAll(async () => {
    id = await bridging.closedWithOne(phone);
  });

  it('R078, R086: a place is kept as failed, and one SMS goes in its stead', async () => {
    const { refusal, message, bridge } = await sends(id, here);
    expect(refusal?.code).toBe('WINDOW_EXPIRED');
    expect(message).toMatchObject({
      status: 'FAILED',
      failure: { reason: 'window_expired_bridge_sent' },
      content: { __typename: 'LocationContent' },
    });
    expect(bridge).not.toBeNull();
    await bridging.smsTo(phone);
    expect(await casement.simulator.outbox(phone)).toEqual([]);
  });

  it('R100: to a customer who answers by SMS it is refused, in words that say so', async () => {
    await casement.simulator.texts(phone, 'I am here');
    await bridging.messageSaying('I am here', id);
    const { refusal, message } = await sends(id, here);
    expect(message).toBeNull();
    expect(refusal).toMatchObject({
      code: 'CONTENT_INVALID',
      field: 'location',
      message: expect.stringContaining('by SMS, which takes words only'),
    });
    expect((await bridging.tries(id, 'At 1 High Street.')).refusal).toBeNull();
  });
});
