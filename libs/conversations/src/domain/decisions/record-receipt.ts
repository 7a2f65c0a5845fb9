import { reject, type MessageId, type Instant, type JsonObject } from '#kernel';
import { receiptKey } from '../delivery.js';
import type { ConversationEvent, Receipt } from '../events.js';
import type { Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';
import { keptFailure, windowRefused } from './window-refused.js';
import type { Failure } from '../failure.js';

export type RecordReceipt = Wish<
  'RecordReceipt',
  {
    /** Our own words in the receipt, if it carries them; else the message is found by fingerprint. */
    readonly attempt: { readonly messageId: MessageId; readonly number: number } | null;
    readonly fingerprint: string;
    readonly receipt: Receipt;
    readonly receiptAt: Instant;
    readonly failure: Failure | null;
    readonly pricing: JsonObject | null;
  }
>;

/** Keeps each receipt of each attempt once, in whatever order they come. */
export const recordReceipt = (thread: Thread, command: RecordReceipt): Decision => {
  const target = targetOf(thread, command);
  const message = target && thread.outbound.get(target.messageId);
  if (!message || target.attempt > message.delivery.attempt) return reject('MessageUnknown');
  const { receiptAt, receipt, fingerprint, failure, pricing } = command;
  if (message.delivery.receipts.includes(receiptKey(target.attempt, receipt))) return [];
  const { messageId, attempt } = target;
  const received: ConversationEvent = {
    type: 'MessageReceiptReceived',
    at: receiptAt,
    data: {
      conversationId: message.conversationId,
      messageId,
      attempt,
      receipt,
      fingerprint,
      failure: failure && keptFailure(thread, message, failure),
      pricing,
    },
  };
  const ofLatest = attempt === message.delivery.attempt;
  const refused =
    failure && ofLatest
      ? windowRefused(thread, message, { at: command.at, messageId, failure })
      : [];
  return [received, ...refused];
};

const targetOf = (
  thread: Thread,
  { attempt, fingerprint }: RecordReceipt,
): { readonly messageId: MessageId; readonly attempt: number } | undefined =>
  attempt
    ? { messageId: attempt.messageId, attempt: attempt.number }
    : thread.accepted.get(fingerprint);
