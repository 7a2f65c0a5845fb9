import type { CallTerms, NotDone } from '#channels/http';
import type { Instant } from '#kernel';
import type { SmsReceiptStatus } from './inbound.js';

export type SmsRequest = {
  /** Our number, E.164. */
  readonly from: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** Where the receipts go, with a query that says which attempt this is. */
  readonly statusCallback: string;
};

/** What Twilio takes for a message, as it says it: a negative decimal, and a currency. */
export type SmsPrice = { readonly amount: string; readonly currency: string };

/**
 * What became of a send. An unknown outcome is not repeated before `list` has shown that Twilio
 * does not have the message: there is no idempotency key.
 */
export type SmsOutcome =
  | {
      readonly kind: 'accepted';
      readonly sid: string;
      /** Null while Twilio has not counted yet. */
      readonly segments: number | null;
      /** Null at first, nearly always. */
      readonly price: SmsPrice | null;
    }
  | NotDone;

export type SmsFilter = {
  /** E.164. */
  readonly to?: string;
  /** E.164. */
  readonly from?: string;
  /** Taken to the second, which counts as after: what is seen again has the same sid. */
  readonly sentAfter: Instant;
  /** Taken to the second, which counts as before. */
  readonly sentBefore?: Instant;
};

/** A message as Twilio has it, in either direction. */
export type ListedSms = {
  readonly sid: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** When it was sent, or made while it still waits. */
  readonly at: Instant;
  readonly status: SmsReceiptStatus | null;
  readonly providerStatus: string;
  readonly errorCode: string | null;
  readonly segments: number | null;
  readonly price: SmsPrice | null;
  readonly mediaCount: number;
};

export type SmsListing =
  | {
      readonly kind: 'listed';
      /** Newest first. */
      readonly messages: readonly ListedSms[];
      /** False when there were more pages than are read: absence then proves nothing. */
      readonly complete: boolean;
    }
  /** Nothing was changed at Twilio, whatever the kind. */
  | NotDone;

/** The SMS provider. Never throws: whatever happens is an outcome. */
export interface SmsSender {
  send(request: SmsRequest, terms: CallTerms): Promise<SmsOutcome>;
  /** For unknown outcomes, and for what customers wrote while nobody listened (F10, F23). */
  list(filter: SmsFilter, terms: CallTerms): Promise<SmsListing>;
}
