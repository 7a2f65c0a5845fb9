import type { MessageId } from '#kernel';
import type { Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';

export type RetryMedia = Wish<
  'RetryMedia',
  { readonly messageId: MessageId; readonly attempt: number }
>;

/** It is time to fetch a deferred file again. */
export const retryMedia = (thread: Thread, { at, messageId, attempt }: RetryMedia): Decision => {
  const awaited = thread.media.get(messageId);
  if (!awaited?.isDeferred || awaited.attempts !== attempt) return [];
  const data = { conversationId: awaited.conversationId, messageId, attempt };
  return [{ type: 'MediaRetryDue', at, data }];
};
