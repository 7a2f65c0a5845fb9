import { reject, type MessageId } from '#kernel';
import { isUnconfirmed } from '../delivery.js';
import type { Thread } from '../thread.js';
import { bridgeSent } from './bridge-sent.js';
import type { Decision, Wish } from './decision.js';

export type ResolveUnconfirmed = Wish<
  'ResolveUnconfirmed',
  {
    readonly messageId: MessageId;
    readonly outcome: 'ARRIVED' | 'SEND_AGAIN';
    readonly requestKey: string;
    readonly requestDigest: string;
  }
>;

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
  const request = { key: requestKey, digest: requestDigest };
  const sent = bridgeSent(message, { at, messageId, attempt, segments: null });
  return [
    { type: 'DispatchResolved', at, data: { ...of, outcome, request } },
    ...(outcome === 'ARRIVED' ? sent : []),
  ];
};
