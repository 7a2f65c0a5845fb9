import { reject, unreachable, type Instant, type MessageId } from '#kernel';
import type { ConversationEvent } from '../events.js';
import type { Outbound, Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';
import { keptFailure, windowRefused } from './window-refused.js';
import type { Failure } from '../failure.js';

export type DispatchOutcome =
  | {
      readonly kind: 'accepted';
      readonly fingerprint: string;
      readonly providerMessageId: string;
    }
  | { readonly kind: 'rejected'; readonly failure: Failure }
  | { readonly kind: 'deferred'; readonly failure: Failure; readonly retryAt: Instant }
  | { readonly kind: 'unknown'; readonly why: string };

export type RecordDispatchOutcome = Wish<
  'RecordDispatchOutcome',
  {
    readonly messageId: MessageId;
    readonly attempt: number;
    readonly outcome: DispatchOutcome;
  }
>;

/**
 * Writes down what became of a call. An attempt whose outcome is already known keeps it, but for the
 * provider's id, which a receipt that came first could not tell.
 */
export const recordDispatchOutcome = (thread: Thread, command: RecordDispatchOutcome): Decision => {
  const message = thread.outbound.get(command.messageId);
  if (!message) return reject('MessageUnknown');
  const { attempt, phase } = message.delivery;
  if (attempt !== command.attempt) return [];
  if (phase === 'STARTED' || phase === 'UNKNOWN') return outcome(thread, message, command);
  const learnsId =
    command.outcome.kind === 'accepted' && !thread.providerIds.has(command.messageId);
  return learnsId && phase === 'ACCEPTED' ? outcome(thread, message, command) : [];
};

const outcome = (
  thread: Thread,
  message: Outbound,
  { at, messageId, attempt, outcome: told }: RecordDispatchOutcome,
): readonly ConversationEvent[] => {
  const of = { conversationId: message.conversationId, messageId, attempt };
  switch (told.kind) {
    case 'accepted': {
      const { fingerprint, providerMessageId } = told;
      const data = { ...of, fingerprint, providerMessageId };
      return [{ type: 'DispatchAccepted', at, data }];
    }
    case 'rejected':
      return [
        {
          type: 'DispatchRejected',
          at,
          data: { ...of, failure: keptFailure(thread, message, told.failure) },
        },
        ...windowRefused(thread, message, { at, messageId, failure: told.failure }),
      ];
    case 'deferred': {
      const data = { ...of, retryAt: told.retryAt, failure: told.failure };
      return message.delivery.phase === 'STARTED' ? [{ type: 'DispatchDeferred', at, data }] : [];
    }
    case 'unknown':
      return message.delivery.phase === 'STARTED'
        ? [{ type: 'DispatchOutcomeUnknown', at, data: { ...of, why: told.why } }]
        : [];
    default:
      return unreachable(told);
  }
};
