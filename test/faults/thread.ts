import type { Casement } from '../harness/casement.js';
import { Broken, type Customer } from './customer.js';

export type Node = {
  readonly id: string;
  readonly direction: 'INBOUND' | 'OUTBOUND';
  readonly status: string | null;
  readonly notificationType: string | null;
  readonly content: { readonly text?: string; readonly state?: string };
};

type Page = {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly Node[];
};
type Told = { readonly conversation: { readonly messages: Page } | null };

const pageSize = 100;
const pagesMax = 50;

const page = `pageInfo { hasNextPage endCursor } nodes { id direction status notificationType
  content { ... on TextContent { text } ... on MediaContent { state } } }`;
const newest = `query($id: ID!) { conversation(id: $id) {
  messages(last: ${pageSize}) { ${page} } } }`;
const onwards = `query($id: ID!, $after: Cursor) { conversation(id: $id) {
  messages(first: ${pageSize}, after: $after) { ${page} } } }`;

const ask = async (casement: Casement, query: string, id: string, after: string | null) => {
  const variables = query === newest ? { id } : { id, after };
  const { conversation } = await casement.gql<Told>('agent', query, variables);
  if (conversation === null) throw new Broken(`there is no conversation ${id}`);
  return conversation.messages;
};

/** The end of a thread. */
export const newestOf = async (casement: Casement, { conversationId }: Customer) =>
  (await ask(casement, newest, conversationId, null)).nodes;

/** Everything of a thread, oldest first. */
export const wholeOf = async (
  casement: Casement,
  { conversationId }: Customer,
): Promise<readonly Node[]> => {
  const all: Node[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const { nodes, pageInfo }: Page = await ask(casement, onwards, conversationId, after);
    all.push(...nodes);
    if (!pageInfo.hasNextPage) return all;
    after = pageInfo.endCursor;
  }
  throw new Error('the thread has no end');
};

export const isBridge = ({ notificationType }: Node): boolean => notificationType === 'bridge';

/** What was said on one side in words, without what the engine says by itself. */
export const textsOf = (nodes: readonly Node[], direction: Node['direction']): readonly string[] =>
  nodes.flatMap((node) =>
    node.direction === direction && !isBridge(node) && node.content.text !== undefined
      ? [node.content.text]
      : [],
  );
