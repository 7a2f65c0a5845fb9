import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement, type TokenName, type Variables } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { Talk } from '../harness/talk.js';
import { reminder } from '../harness/templates.js';

jest.setTimeout(scenarioMsMax);

type Ids = {
  readonly conversation: string;
  readonly message: string;
  readonly contact: string;
  readonly template: string;
};
type Own = {
  readonly conversation: {
    readonly contact: { readonly id: string };
    readonly lastMessage: { readonly id: string };
  };
};
type Row = {
  /** A document whose root field is called like the row. */
  readonly document: string;
  readonly variables: (ids: Ids) => Variables;
  /** The token that lacks what the field needs; null when every member of the demo has it. */
  readonly lacks: TokenName | null;
};

const payload = '{ refusal { __typename code message } position }';
const input = (field: string, type: string) =>
  `mutation($input: ${type}!) { ${field}(input: $input) ${payload} }`;
const onlyConversation = ({ conversation }: Ids) => ({ id: conversation });
const action = ({ conversation }: Ids) => ({ input: { conversationId: conversation } });

/** Every root field that names something of an organisation, or lists what is one's own. */
const rows: { readonly [field: string]: Row } = {
  viewer: { document: '{ viewer { organisation { id } } }', variables: () => ({}), lacks: null },
  conversations: {
    document: '{ conversations { nodes { id } } }',
    variables: () => ({}),
    lacks: null,
  },
  conversation: {
    document: 'query($id: ID!) { conversation(id: $id) { id } }',
    variables: onlyConversation,
    lacks: null,
  },
  contacts: {
    document: '{ contacts { nodes { id } } }',
    variables: () => ({}),
    lacks: null,
  },
  events: {
    document: `query($id: ID) {
      events(filter: { conversationId: $id }) { nodes { id } } }`,
    variables: onlyConversation,
    lacks: null,
  },
  node: {
    document: 'query($id: ID!) { node(id: $id) { id } }',
    variables: ({ message }) => ({ id: message }),
    lacks: null,
  },
  templates: {
    document: '{ templates { nodes { id } } }',
    variables: () => ({}),
    lacks: null,
  },
  sendTemplate: {
    document: input('sendTemplate', 'SendTemplateInput'),
    variables: ({ conversation, template }) => ({
      input: { conversationId: conversation, templateId: template, idempotencyKey: 'tenancy' },
    }),
    lacks: 'viewer',
  },
  sendMessage: {
    document: input('sendMessage', 'SendMessageInput'),
    variables: ({ conversation }) => ({
      input: { conversationId: conversation, text: 'Mine?', idempotencyKey: 'tenancy' },
    }),
    lacks: 'viewer',
  },
  resolveUnconfirmedMessage: {
    document: input('resolveUnconfirmedMessage', 'ResolveUnconfirmedMessageInput'),
    variables: ({ message }) => ({
      input: { messageId: message, outcome: 'ARRIVED', idempotencyKey: 'tenancy' },
    }),
    lacks: 'viewer',
  },
  markConversationRead: {
    document: input('markConversationRead', 'ConversationActionInput'),
    variables: action,
    lacks: null,
  },
  endConversation: {
    document: input('endConversation', 'ConversationActionInput'),
    variables: action,
    lacks: 'viewer',
  },
  updateOrganisationSettings: {
    document: input('updateOrganisationSettings', 'UpdateOrganisationSettingsInput'),
    variables: () => ({ input: { smsName: 'Not mine' } }),
    lacks: 'agent',
  },
  inboxChanged: {
    document: 'subscription { inboxChanged { cursor conversation { id } } }',
    variables: () => ({}),
    lacks: null,
  },
  conversationChanged: {
    document: 'subscription($id: ID!) { conversationChanged(id: $id) { cursor } }',
    variables: onlyConversation,
    lacks: null,
  },
};

const inboxAfter = `subscription($after: Cursor) {
  inboxChanged(after: $after) { cursor conversation { id } } }`;
const nobodys: Ids = {
  conversation: '0nobody.1',
  message: '0nobody',
  contact: '0nobody',
  template: '0nobody',
};
const isSubscription = (field: string): boolean => field.endsWith('Changed');
const asked = Object.entries(rows);
const overHttp = asked.filter(([field]) => !isSubscription(field));

let casement: Casement;
let talk: Talk;
let ids: Ids;

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
  const { id } = await talk.customerWrites('447700900981', 'Hello');
  const own = await casement.gql<Own>(
    'agent',
    'query($id: ID!) { conversation(id: $id) { contact { id } lastMessage { id } } }',
    { id },
  );
  const { contact, lastMessage } = own.conversation;
  ids = { conversation: id, message: lastMessage.id, contact: contact.id, template: reminder };
});
afterAll(() => casement.remove());

const ask = (as: TokenName, { document, variables }: Row, of: Ids) =>
  casement.ask<{ readonly [field: string]: unknown }>(as, document, variables(of));
const answered = async (as: TokenName, row: Row, of: Ids) => {
  const { status, data, errors } = await ask(as, row, of);
  const told = errors.map(({ message, extensions }) => ({ message, extensions }));
  return JSON.stringify({ status, data, told });
};

describe('what belongs to one organisation', () => {
  it('is asked for by every root field of the schema: a new one needs a row here', async () => {
    const { data } = await casement.ask<{
      readonly __schema: {
        readonly [root: string]: { readonly fields: readonly { readonly name: string }[] };
      };
    }>(
      'agent',
      `{ __schema { queryType { fields { name } } mutationType { fields { name } }
         subscriptionType { fields { name } } } }`,
    );
    const fields = Object.values(data?.__schema ?? {}).flatMap((type) => type.fields);
    expect(fields.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b))).toEqual(
      Object.keys(rows).toSorted((a, b) => a.localeCompare(b)),
    );
  });

  it.each(overHttp)(
    'F52: %s answers another organisation as if it did not exist',
    async (_, row) => {
      const theirs = await answered('otherOrganisation', row, ids);
      expect(theirs).toBe(await answered('otherOrganisation', row, nobodys));
      for (const id of Object.values(ids)) expect(theirs).not.toContain(id);
    },
  );

  it('F52: node answers so for whatever has an id', async () => {
    const { id: number } = casement.demo.number;
    for (const id of [...Object.values(ids), number, 'acmemotors']) {
      const { data } = await casement.ask('otherOrganisation', rows['node']?.document ?? '', {
        id,
      });
      expect(data).toEqual({ node: null });
      const own = await casement.ask('agent', rows['node']?.document ?? '', { id });
      expect(own.data).toEqual({ node: { id } });
    }
  });

  it('F52: a change of it is told to nobody else, and cannot be listened to', async () => {
    const { document } = rows['conversationChanged'] ?? { document: '' };
    for (const { conversation: id } of [ids, nobodys]) {
      const listener = casement.subscribe<object>('otherOrganisation', document, { id });
      expect(await listener.refusal()).toBe('NOT_FOUND');
      await listener.close();
    }
    const inbox = rows['inboxChanged']?.document ?? '';
    const theirs = casement.subscribe<object>('otherOrganisation', inbox, {});
    const after = await talk.position();
    const own = casement.subscribe<object>('agent', inboxAfter, {
      after,
    });
    await talk.customerWrites('447700900981', 'Again');
    await own.count('change of one’s own', 1);
    expect([theirs.received, theirs.errors]).toEqual([[], []]);
    await Promise.all([theirs.close(), own.close()]);
  });

  it('another’s place in the log leads nowhere', async () => {
    const after = await talk.position();
    const query = 'query($after: Cursor) { events(after: $after) { nodes { id } } }';
    const { errors } = await casement.ask('otherOrganisation', query, { after });
    expect(errors[0]?.extensions.code).toBe('CURSOR_EXPIRED');
  });
});

describe('what a member may not do', () => {
  const guarded = overHttp.filter(([, { lacks }]) => lacks !== null);

  it.each(guarded)(
    'R152, R153: %s is refused, typed, and nothing is written',
    async (field, row) => {
      const before = await talk.position();
      const { data } = await ask(row.lacks ?? 'viewer', row, ids);
      expect(data?.[field]).toMatchObject({
        refusal: { code: 'CAPABILITY_MISSING' },
        position: null,
      });
      expect(await talk.position()).toBe(before);
    },
  );

  it.each(overHttp)('%s is nothing for who brings no token', async (_, { document, variables }) => {
    const body = JSON.stringify({ query: document, variables: variables(ids) });
    const { errors } = await casement.post(body, {});
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
