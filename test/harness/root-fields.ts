import type { Capability } from '#access';
import type { TokenName, Variables } from './client.js';

/** What an organisation has: one of each that has an id. */
export type Ids = {
  readonly conversation: string;
  readonly message: string;
  readonly contact: string;
  readonly template: string;
};

export type RootField = {
  /** Its root field is called like the row. */
  readonly document: string;
  readonly variables: (ids: Ids) => Variables;
  /** What it takes; null when a token is enough. */
  readonly needs: Capability | null;
};

const payload = '{ refusal { __typename code message } position }';
const input = (field: string, type: string) =>
  `mutation($input: ${type}!) { ${field}(input: $input) ${payload} }`;
const onlyConversation = ({ conversation }: Ids) => ({ id: conversation });
const action = ({ conversation }: Ids) => ({ input: { conversationId: conversation } });

/** All that hangs on a conversation. */
const conversation = `{ id contact { id name phone } number { id } lastMessage { id }
  window { decidedBy { id stream } } previousConversations { nodes { id } }
  messages(first: 10) { nodes { id content { ... on TextContent { text } } quoted { id } } } }`;
const event = '{ id stream data }';

/** Every root field that names something of an organisation, or lists what is one's own. */
export const rootFields: { readonly [field: string]: RootField } = {
  viewer: {
    document: '{ viewer { organisation { id name } } }',
    variables: () => ({}),
    needs: null,
  },
  conversations: {
    document: `{ conversations(first: 10) { nodes ${conversation} } }`,
    variables: () => ({}),
    needs: 'messages.view',
  },
  conversation: {
    document: `query($id: ID!) { conversation(id: $id) ${conversation} }`,
    variables: onlyConversation,
    needs: 'messages.view',
  },
  contacts: {
    document: '{ contacts { nodes { id name phone } } }',
    variables: () => ({}),
    needs: 'messages.view',
  },
  events: {
    document: `query($id: ID) { events(filter: { conversationId: $id }) { nodes ${event} } }`,
    variables: onlyConversation,
    needs: 'messages.view',
  },
  node: {
    document: 'query($id: ID!) { node(id: $id) { id } }',
    variables: ({ message }) => ({ id: message }),
    needs: 'messages.view',
  },
  templates: {
    document: '{ templates { nodes { id name body } } }',
    variables: () => ({}),
    needs: 'messages.view',
  },
  sendTemplate: {
    document: input('sendTemplate', 'SendTemplateInput'),
    variables: ({ conversation: conversationId, template: templateId }) => ({
      input: { conversationId, templateId, idempotencyKey: 'tenancy' },
    }),
    needs: 'messages.send',
  },
  sendMessage: {
    document: input('sendMessage', 'SendMessageInput'),
    variables: ({ conversation: conversationId }) => ({
      input: { conversationId, text: 'Mine?', idempotencyKey: 'tenancy' },
    }),
    needs: 'messages.send',
  },
  resolveUnconfirmedMessage: {
    document: input('resolveUnconfirmedMessage', 'ResolveUnconfirmedMessageInput'),
    variables: ({ message }) => ({
      input: { messageId: message, outcome: 'ARRIVED', idempotencyKey: 'tenancy' },
    }),
    needs: 'messages.send',
  },
  markConversationRead: {
    document: input('markConversationRead', 'ConversationActionInput'),
    variables: action,
    needs: 'messages.view',
  },
  endConversation: {
    document: input('endConversation', 'ConversationActionInput'),
    variables: action,
    needs: 'messages.send',
  },
  updateOrganisationSettings: {
    document: input('updateOrganisationSettings', 'UpdateOrganisationSettingsInput'),
    variables: () => ({ input: { smsName: 'Not mine' } }),
    needs: 'messages.tier.manage',
  },
  inboxChanged: {
    document: `subscription($after: Cursor) {
      inboxChanged(after: $after) { cursor conversation ${conversation} } }`,
    variables: () => ({}),
    needs: 'messages.view',
  },
  conversationChanged: {
    document: `subscription($id: ID!, $after: Cursor) {
      conversationChanged(id: $id, after: $after) { cursor event ${event} } }`,
    variables: onlyConversation,
    needs: 'messages.view',
  },
};

type Smuggled = {
  readonly document: string;
  readonly variables: (own: Ids, theirs: Ids) => Variables;
};

/** Another organisation's ids where a field of one's own takes some besides the one it is about. */
export const smuggled: { readonly [what: string]: Smuggled } = {
  'events of a contact': {
    document: `query($id: ID) { events(filter: { contactId: $id }) { nodes ${event} } }`,
    variables: (_, { contact }) => ({ id: contact }),
  },
  'a search by an id': {
    document: `query($text: String) {
      conversations(filter: { search: $text }) { nodes { id } }
      contacts(search: $text) { nodes { id } } }`,
    variables: (_, { contact }) => ({ text: contact }),
  },
  'a conversation as of long ago': {
    document: `query($id: ID!) {
      conversation(id: $id, asOf: { time: "2100-01-01T00:00:00.000Z" }) ${conversation} }`,
    variables: (_, { conversation: id }) => ({ id }),
  },
  'a template': {
    document: input('sendTemplate', 'SendTemplateInput'),
    variables: ({ conversation: conversationId }, { template: templateId }) => ({
      input: { conversationId, templateId, idempotencyKey: 'smuggled' },
    }),
  },
  'a message to quote': {
    document: input('sendMessage', 'SendMessageInput'),
    variables: ({ conversation: conversationId }, { message: quotedMessageId }) => ({
      input: { conversationId, text: 'Quoted', quotedMessageId, idempotencyKey: 'smuggled' },
    }),
  },
};

/** Of nothing that there is. */
export const nobodys: Ids = {
  conversation: '0nobody.1',
  message: '0nobody',
  contact: '0nobody',
  template: '0nobody',
};

export const isSubscription = (field: string): boolean => field.endsWith('Changed');

/** The demo's member that lacks what a field needs; null when each of them has it. */
export const lacking = ({ needs }: RootField): TokenName | null => {
  if (needs === 'messages.send') return 'viewer';
  return needs === 'messages.tier.manage' ? 'agent' : null;
};
