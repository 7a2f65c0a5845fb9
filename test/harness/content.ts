/** Everything that a message says and that came with it, as GraphQL tells it. */
const told = `content { __typename
    ... on TextContent { text }
    ... on MediaContent { id kind mimeType sha256 caption filename voice animated }
    ... on LocationContent { latitude longitude name address url }
    ... on ContactsContent {
      contacts { name organisation emails phones { number label waId } } }
    ... on InteractiveReplyContent { reply chosenId title description data }
    ... on UnsupportedContent { type raw } }
  forwarded referral { sourceType sourceId headline body clickId }
  referredProduct { catalogId productId } quoted { id }
  reactions { emoji at } editedAt revokedAt`;

/** What was said between the demo's number and whoever has a phone. */
export const toldQuery = `query($phone: String!) {
  conversations(first: 2, filter: { search: $phone }) { nodes {
    id unreadCount lastMessage { id }
    window { status lastCustomerMessageAt decidedBy { type } }
    messages { nodes {
      id direction status insideWindow userId author { __typename } ${told} } } } } }`;

export type Told = {
  readonly id: string;
  readonly direction: string;
  readonly status: string | null;
  readonly content: { readonly __typename: string; readonly [field: string]: unknown };
  readonly reactions: readonly { readonly emoji: string; readonly at: string }[];
  readonly editedAt: string | null;
  readonly revokedAt: string | null;
  readonly [field: string]: unknown;
};

export type ToldConversation = {
  readonly id: string;
  readonly unreadCount: number;
  readonly window: {
    readonly status: string;
    readonly lastCustomerMessageAt: string | null;
    readonly decidedBy: { readonly type: string } | null;
  };
  readonly lastMessage: { readonly id: string } | null;
  readonly messages: { readonly nodes: readonly Told[] };
};

export type ToldInbox = { readonly conversations: { readonly nodes: readonly ToldConversation[] } };
