import { reject } from '#kernel';
import type { GiveUpDispatch, ResolveUnconfirmed, RetryDispatch } from '../commands.js';
import { isUnconfirmed } from '../delivery.js';
import type { Thread } from '../thread.js';
import type { Decision } from './decision.js';

/** Puts a deferred message at the head of its thread again. */
export const retryDispatch = (thread: Thread, command: RetryDispatch): Decision => {
  const { at, messageId, attempt } = command;
  const message = thread.outbound.get(messageId);
  if (message?.delivery.phase !== 'DEFERRED' || message.delivery.attempt !== attempt) return [];
  const data = { conversationId: message.conversationId, messageId, attempt };
  return [{ type: 'DispatchRetryDue', at, data }];
};

/** Whoever started this dispatch has not told its outcome in time: it is not known. */
export const giveUpDispatch = (thread: Thread, command: GiveUpDispatch): Decision => {
  const { at, messageId, attempt } = command;
  const message = thread.outbound.get(messageId);
  if (message?.delivery.phase !== 'STARTED' || message.delivery.attempt !== attempt) return [];
  const why = 'no outcome was recorded within the reconcile time';
  const data = { conversationId: message.conversationId, messageId, attempt, why };
  return [{ type: 'DispatchOutcomeUnknown', at, data }];
};

/** A person says what became of a message that was not confirmed; the same key says it once. */
export const resolveUnconfirmed = (thread: Thread, command: ResolveUnconfirmed): Decision => {
  const { at, messageId, outcome, requestKey, requestDigest } = command;
  const before = thread.requests.get(requestKey);
  if (before) return before.digest === requestDigest ? [] : reject('IdempotencyKeyUsedOtherwise');
  const message = thread.outbound.get(messageId);
  if (!message) return reject('MessageUnknown');
  if (!isUnconfirmed(message.delivery)) return reject('MessageNotUnconfirmed');
  const { attempt } = message.delivery;
  const of = { conversationId: message.conversationId, messageId, attempt };
  return [{ type: 'DispatchResolved', at, data: { ...of, outcome, requestKey, requestDigest } }];
};
