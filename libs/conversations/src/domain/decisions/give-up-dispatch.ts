import type { MessageId } from '#kernel';
import type { Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';

export type GiveUpDispatch = Wish<
  'GiveUpDispatch',
  { readonly messageId: MessageId; readonly attempt: number }
>;

/** Whoever started this dispatch has not told its outcome in time: it is not known. */
export const giveUpDispatch = (thread: Thread, command: GiveUpDispatch): Decision => {
  const { at, messageId, attempt } = command;
  const message = thread.outbound.get(messageId);
  if (message?.delivery.phase !== 'STARTED' || message.delivery.attempt !== attempt) return [];
  const why = 'no outcome was recorded within the reconcile time';
  const data = { conversationId: message.conversationId, messageId, attempt, why };
  return [{ type: 'DispatchOutcomeUnknown', at, data }];
};
