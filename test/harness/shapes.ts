/** What the scenarios ask for, as GraphQL answers it. */
export type Failure = {
  readonly reason: string;
  readonly message: string;
  readonly providerCode: string | null;
  readonly providerMessage: string | null;
  readonly retryable: boolean;
};

export type Message = {
  readonly id: string;
  readonly direction: 'INBOUND' | 'OUTBOUND';
  readonly kind: string;
  readonly billingClass: string;
  readonly content: { readonly text?: string; readonly type?: string };
  readonly sentAt: string;
  readonly receivedAt: string | null;
  readonly status: string | null;
  readonly statusTimes: readonly { readonly status: string; readonly at: string }[];
  readonly failure: Failure | null;
  readonly insideWindow: boolean | null;
  readonly userId: string | null;
};

export type Window = {
  readonly status: 'OPEN' | 'EXPIRED' | 'NEVER_OPENED';
  readonly openedAt: string | null;
  readonly closesAt: string | null;
  readonly lastCustomerMessageAt: string | null;
  readonly decidedBy: { readonly type: string; readonly id: string } | null;
};

export type Composer = {
  readonly mode: string;
  readonly reason: string | null;
  readonly code: string | null;
};

export type Conversation = {
  readonly id: string;
  readonly lifecycle: string;
  readonly unreadCount: number;
  readonly revision: number;
  readonly position: string;
  readonly contact: { readonly phone: string | null };
  readonly window: Window;
  readonly composer: Composer;
};

export type Refusal = {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly [field: string]: unknown;
};

export type Payload = {
  readonly position: string | null;
  readonly refusal: Refusal | null;
  readonly conversation: Conversation | null;
  readonly message: Message | null;
};

export type LoggedEvent = {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly occurredAt: string;
};

export type InboxChange = {
  readonly inboxChanged: {
    readonly cursor: string;
    readonly matches: boolean;
    readonly conversation: Conversation;
  };
};

export type ConversationChange = {
  readonly conversationChanged: {
    readonly cursor: string;
    readonly event: LoggedEvent;
    readonly conversation: Conversation;
    readonly message: { readonly id: string; readonly status: string | null } | null;
  };
};

const conversation = `id lifecycle unreadCount revision position contact { phone }
  window { status openedAt closesAt lastCustomerMessageAt decidedBy { type id } }
  composer { mode reason code }`;

const message = `id direction kind billingClass sentAt receivedAt status insideWindow userId
  content { ... on TextContent { text } ... on UnsupportedContent { type } }
  statusTimes { status at }
  failure { reason message providerCode providerMessage retryable }`;

const refusal = `refusal { __typename code message
  ... on WindowExpiredRefusal { closedAt lastCustomerMessageAt }
  ... on ConversationEndedRefusal { currentConversationId }
  ... on MovedOnRefusal { revision since { id content { ... on TextContent { text } } } }
  ... on InvalidContentRefusal { field limit actual } }`;

const payload = (name: string, input: string): string =>
  `mutation($input: ${input}!) { payload: ${name}(input: $input) {
    position ${refusal} conversation { ${conversation} } message { ${message} } } }`;

const action = (name: string): string =>
  `mutation($input: ConversationActionInput!) { payload: ${name}(input: $input) {
    position ${refusal} conversation { ${conversation} } } }`;

export const documents = {
  inbox: `query($filter: ConversationFilter, $first: Int, $after: Cursor) {
    conversations(filter: $filter, first: $first, after: $after) {
      position pageInfo { hasNextPage endCursor } nodes { ${conversation} } } }`,
  conversation: `query($id: ID!) { conversation(id: $id) { ${conversation} } }`,
  messages: `query($id: ID!, $first: Int, $after: Cursor) { conversation(id: $id) {
    messages(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor } nodes { ${message} } } } }`,
  send: payload('sendMessage', 'SendMessageInput'),
  resolve: payload('resolveUnconfirmedMessage', 'ResolveUnconfirmedMessageInput'),
  markRead: action('markConversationRead'),
  end: action('endConversation'),
  inboxChanged: `subscription($filter: ConversationFilter, $after: Cursor) {
    inboxChanged(filter: $filter, after: $after) {
      cursor matches conversation { ${conversation} } } }`,
  conversationChanged: `subscription($id: ID!, $after: Cursor) {
    conversationChanged(id: $id, after: $after) {
      cursor event { id type stream revision occurredAt } message { id status }
      conversation { ${conversation} } } }`,
} as const;
