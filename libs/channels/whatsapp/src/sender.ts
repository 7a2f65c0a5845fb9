import type { ErrorClass } from './errors.js';
import type { ProviderError } from './provider-error.js';

/** Whom a message goes to: E.164 with its plus, or a business-scoped user id. */
export type Recipient =
  | { readonly kind: 'phone'; readonly phone: string }
  | { readonly kind: 'bsuid'; readonly bsuid: string };

export type TextRequest = {
  /** Which of our numbers speaks. */
  readonly phoneNumberId: string;
  readonly to: Recipient;
  readonly text: string;
  /** The message that is quoted, by its provider id. */
  readonly quotedProviderMessageId?: string;
  /** Echoed in every status of this message: how an unknown outcome is settled later. */
  readonly callbackData: string;
};

/** A mark on a message of the customer's. */
export type MarkRequest = {
  readonly phoneNumberId: string;
  readonly providerMessageId: string;
};

export type CallTerms = {
  /**
   * No first byte of the request leaves at or after this, by `monotonicMs` of the sender's options.
   */
  readonly startBeforeMs: number;
  readonly signal: AbortSignal;
};

/** What a failed call says: the provider's own words when there are any, and the class of them. */
export type Refused = { readonly error: ProviderError; readonly errorClass: ErrorClass };

/**
 * What became of a send. The first four are certain; `unknown` is everything else, and must never
 * be repeated without asking: WhatsApp has no idempotency key.
 */
export type SendOutcome =
  | {
      readonly kind: 'accepted';
      readonly providerMessageId: string;
      readonly waId: string | null;
      readonly bsuid: string | null;
    }
  | ({ readonly kind: 'rejected' } & Refused)
  /** Definitely not sent and worth trying again; null leaves the delay to the caller's backoff. */
  | ({ readonly kind: 'deferred'; readonly retryAfterMs: number | null } & Refused)
  /** The deadline passed, or the call was called off, before the first byte. */
  | { readonly kind: 'not-started'; readonly why: 'deadline' | 'aborted' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Marks may be repeated freely, so that an unknown outcome is an ordinary failure. */
export type MarkOutcome =
  Exclude<SendOutcome, { readonly kind: 'accepted' }> | { readonly kind: 'done' };

/** WhatsApp's outgoing side. Never throws: whatever happens is an outcome. */
export interface WhatsAppSender {
  sendText(request: TextRequest, terms: CallTerms): Promise<SendOutcome>;
  /** Also marks every earlier message of the customer as read. */
  markRead(request: MarkRequest, terms: CallTerms): Promise<MarkOutcome>;
  /** Shows "typing" for at most 25 seconds. Marks as read, too: Meta knows no other way. */
  typing(request: MarkRequest, terms: CallTerms): Promise<MarkOutcome>;
}
