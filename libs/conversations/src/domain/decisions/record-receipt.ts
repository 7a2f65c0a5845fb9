import { reject, type MessageId, type Instant, type JsonObject } from '#kernel';
import { receiptKey } from '../delivery.js';
import type { ConversationEvent, Receipt } from '../events.js';
import type { BridgeTerms } from '../bridge.js';
import type { Thread } from '../thread.js';
import { bridgeSent } from './bridge-sent.js';
import type { Decision, Wish } from './decision.js';
import { refusedByProvider } from './window-refused.js';
import type { Failure } from '../failure.js';

export type RecordReceipt = Wish<
  'RecordReceipt',
  {
    /** Our own words in the receipt, if it carries them; else the message is found by fingerprint. */
    readonly attempt: { readonly messageId: MessageId; readonly number: number } | null;
    readonly fingerprint: string;
    readonly receipt: Receipt;
    readonly receiptAt: Instant;
    readonly failed: { readonly failure: Failure; readonly terms: BridgeTerms } | null;
    readonly pricing: JsonObject | null;
  }
>;

/** Keeps each receipt of each attempt once, in whatever order they come. */
export const recordReceipt = (thread: Thread, command: RecordReceipt): Decision => {
  const target = targetOf(thread, command);
  const message = target && thread.outbound.get(target.messageId);
  if (!message || target.attempt > message.delivery.attempts) return reject('MessageUnknown');
  const { at, receiptAt, receipt, fingerprint, failed, pricing } = command;
  if (message.delivery.receipts.includes(receiptKey(target.attempt, receipt))) return [];
  const { messageId, attempt } = target;
  const { conversationId, delivery } = message;
  const ofLatest = attempt === delivery.attempt;
  const refused =
    failed && ofLatest
      ? refusedByProvider(thread, message, { at, messageId, ...failed })
      : { failure: failed?.failure ?? null, consequences: [] };
  const of = { conversationId, messageId, attempt };
  const { failure, consequences } = refused;
  const received: ConversationEvent = {
    type: 'MessageReceiptReceived',
    at: receiptAt,
    data: { ...of, receipt, fingerprint, failure, pricing },
  };
  const sent = bridgeSent(message, { at, messageId, attempt, segments: null });
  return [received, ...sent, ...consequences];
};

/** What was found in the provider's list counts for a later attempt than the one that it left with. */
const targetOf = (
  thread: Thread,
  { attempt, fingerprint }: RecordReceipt,
): { readonly messageId: MessageId; readonly attempt: number } | undefined => {
  const known = thread.accepted.get(fingerprint);
  if (!attempt || known?.messageId === attempt.messageId) return known;
  return { messageId: attempt.messageId, attempt: attempt.number };
};
