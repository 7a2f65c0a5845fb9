import type { MessageId } from '#kernel';
import type { Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';

export type RetryDispatch = Wish<
  'RetryDispatch',
  { readonly messageId: MessageId; readonly attempt: number }
>;

/** Puts a deferred message at the head of its thread again. */
export const retryDispatch = (thread: Thread, command: RetryDispatch): Decision => {
  const { at, messageId, attempt } = command;
  const message = thread.outbound.get(messageId);
  if (message?.delivery.phase !== 'DEFERRED' || message.delivery.attempt !== attempt) return [];
  const data = { conversationId: message.conversationId, messageId, attempt };
  return [{ type: 'DispatchRetryDue', at, data }];
};
