import { reject, unreachable } from '#kernel';
import type { RecordDispatchOutcome } from '../commands.js';
import type { ConversationEvent } from '../events.js';
import type { Outbound, Thread } from '../thread.js';
import type { Decision } from './decision.js';
import { keptFailure, windowRefused } from './window-refused.js';

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
