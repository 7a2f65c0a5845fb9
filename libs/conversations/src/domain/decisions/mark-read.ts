import { isErased, type ConversationId } from '#kernel';
import type { Thread } from '../thread.js';
import { notWritable, type Decision, type Wish } from './decision.js';

export type MarkRead = Wish<'MarkRead', { readonly conversationId: ConversationId }>;

/**
 * A member has seen everything the customer wrote so far in one conversation. Ended conversations can
 * be read, too; reading one says nothing of the others.
 */
export const markRead = (thread: Thread, { at, conversationId }: MarkRead): Decision => {
  const refused = notWritable(thread, conversationId);
  if (refused && refused.rejected !== 'ConversationHasEnded') return refused;
  const upToMessageId = thread.unread.get(conversationId);
  if (upToMessageId === undefined) return [];
  const providerMessageId = thread.providerIds.get(upToMessageId);
  if (providerMessageId === undefined || isErased(providerMessageId)) return [];
  const data = { conversationId, upToMessageId, providerMessageId };
  return [{ type: 'ConversationRead', at, data }];
};
