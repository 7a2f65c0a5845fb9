import type { Instant, MessageId } from '#kernel';
import type {
  DispatchAccepted,
  DispatchDeferred,
  DispatchOutcomeUnknown,
  DispatchRejected,
  DispatchResolved,
  DispatchRetryDue,
  DispatchStarted,
  MessageReceiptReceived,
  Receipt,
  SmsLookupDue,
  SmsNotListed,
} from '../domain/events.js';
import type { Failure } from '../domain/failure.js';
import { first, reply } from './people.js';

/** Which message, and which attempt of it. */
export type Of = { readonly message?: MessageId; readonly attempt?: number };

const place = ({ message = reply, attempt = 1 }: Of) => ({
  conversationId: first,
  messageId: message,
  attempt,
});

/** WhatsApp's late no to a free-form message outside the window. */
export const outsideWindow: Failure = {
  reason: 'window_expired',
  message: 'A template message is required outside the 24-hour messaging window.',
  providerCode: '131047',
  providerMessage: 'Message failed to send because more than 24 hours have passed',
  retryable: false,
};

export const tooFast: Failure = {
  reason: 'rate_limited',
  message: 'WhatsApp limits how fast this number may send.',
  providerCode: '130429',
  providerMessage: 'Rate limit hit',
  retryable: true,
};

export const badNumber: Failure = {
  reason: 'invalid_phone_number',
  message: 'WhatsApp cannot reach this phone number.',
  providerCode: '131026',
  providerMessage: 'Message undeliverable',
  retryable: false,
};

export const dispatching = (at: Instant, of: Of = {}, dispatchId = 'ours'): DispatchStarted => ({
  type: 'DispatchStarted',
  at,
  data: { ...place(of), dispatchId },
});

export const accepted = (at: Instant, of: Of = {}): DispatchAccepted => {
  const data = place(of);
  const fingerprint = `print-${data.messageId}-${data.attempt}`;
  const providerMessageId = `wamid.${data.messageId}.${data.attempt}`;
  return {
    type: 'DispatchAccepted',
    at,
    data: { ...data, fingerprint, providerMessageId, segments: null },
  };
};

export const rejected = (at: Instant, failure: Failure, of: Of = {}): DispatchRejected => ({
  type: 'DispatchRejected',
  at,
  data: { ...place(of), failure },
});

export const deferred = (at: Instant, retryAt: Instant, of: Of = {}): DispatchDeferred => ({
  type: 'DispatchDeferred',
  at,
  data: { ...place(of), retryAt, failure: tooFast },
});

export const retryDue = (at: Instant, of: Of = {}): DispatchRetryDue => ({
  type: 'DispatchRetryDue',
  at,
  data: place(of),
});

export const unknown = (at: Instant, of: Of = {}, why = 'timed out'): DispatchOutcomeUnknown => ({
  type: 'DispatchOutcomeUnknown',
  at,
  data: { ...place(of), why },
});

export const resolved = (
  at: Instant,
  outcome: 'ARRIVED' | 'SEND_AGAIN',
  of: Of = {},
): DispatchResolved => ({
  type: 'DispatchResolved',
  at,
  data: { ...place(of), outcome, request: { key: 'settling', digest: `settling-${outcome}` } },
});

export const lookupDue = (at: Instant, lookup: number, of: Of = {}): SmsLookupDue => ({
  type: 'SmsLookupDue',
  at,
  data: { ...place(of), lookup },
});

export const notListed = (at: Instant, lookup: number, of: Of = {}): SmsNotListed => ({
  type: 'SmsNotListed',
  at,
  data: { ...place(of), lookup },
});

export const receipt = (
  at: Instant,
  kind: Receipt,
  of: Of = {},
  failure: Failure | null = null,
): MessageReceiptReceived => {
  const data = place(of);
  const fingerprint = `print-${data.messageId}-${data.attempt}`;
  return {
    type: 'MessageReceiptReceived',
    at,
    data: { ...data, receipt: kind, fingerprint, failure, pricing: null },
  };
};
