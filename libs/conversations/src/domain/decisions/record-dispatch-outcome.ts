import { reject, unreachable, type Instant, type MessageId } from '#kernel';
import type { ConversationEvent } from '../events.js';
import type { Outbound } from '../outbound.js';
import type { Thread } from '../thread.js';
import type { BridgeTerms } from '../bridge.js';
import { bridgeSent } from './bridge-sent.js';
import { bridgeNotSent } from './closed-window.js';
import type { Decision, Wish } from './decision.js';
import { refusedByProvider } from './window-refused.js';
import type { Failure } from '../failure.js';

export type DispatchOutcome =
  | {
      readonly kind: 'accepted';
      readonly fingerprint: string;
      readonly providerMessageId: string;
      /** What an SMS is counted as; null for WhatsApp, and when the provider did not say. */
      readonly segments: number | null;
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
    readonly terms: BridgeTerms;
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
  command: RecordDispatchOutcome,
): readonly ConversationEvent[] => {
  const { at, messageId, attempt, outcome: told } = command;
  const of = { conversationId: message.conversationId, messageId, attempt };
  switch (told.kind) {
    case 'accepted': {
      const { fingerprint, providerMessageId, segments } = told;
      const data = { ...of, fingerprint, providerMessageId, segments };
      const sent = bridgeSent(message, { at, messageId, attempt, segments });
      return [{ type: 'DispatchAccepted', at, data }, ...sent];
    }
    case 'rejected':
      return rejected(thread, message, command, told.failure);
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

const rejected = (
  thread: Thread,
  message: Outbound,
  { at, messageId, attempt, terms }: RecordDispatchOutcome,
  told: Failure,
): readonly ConversationEvent[] => {
  const no = { at, messageId, failure: told, terms };
  const { failure, consequences } = refusedByProvider(thread, message, no);
  const data = { conversationId: message.conversationId, messageId, attempt, failure };
  const ended = bridgeNotSent(message, { at, messageId, failure });
  return [{ type: 'DispatchRejected', at, data }, ...ended, ...consequences];
};
