import type { Instant, JsonObject } from '#kernel';
import type { ProviderRefusal } from './provider-failure.js';
import type { StatusPlace } from './status-query.js';

/** An SMS that a customer sent to one of our numbers. */
export type SmsMessageItem = {
  readonly kind: 'message';
  /** Twilio's id: the same in every repetition, by webhook or by list. */
  readonly sid: string;
  /** E.164. */
  readonly from: string;
  /** Our number, E.164. */
  readonly to: string;
  readonly text: string;
  readonly mediaCount: number;
  readonly keyword: 'stop' | 'start' | 'help' | null;
  /** By Twilio's list where it was found there, else when the webhook was kept. */
  readonly sentAt: Instant;
};

/** How far an SMS of ours got. */
export type SmsReceiptItem = {
  readonly kind: 'receipt';
  readonly sid: string;
  readonly status: 'sent' | 'delivered' | 'failed' | 'read';
  readonly error: ProviderRefusal | null;
  /** When we were told: neither the callback nor the list says when it happened. */
  readonly at: Instant;
  /** `{segments, amount, currency}`, each null where it is not known; null when none is. */
  readonly pricing: JsonObject | null;
  /** Which attempt it is about; null when the callback does not say, and for the list's. */
  readonly place: StatusPlace | null;
  /** Our number, E.164. */
  readonly from: string | null;
  /** E.164. */
  readonly to: string | null;
};

export type InboundSmsItem = {
  readonly item: SmsMessageItem | SmsReceiptItem;
  readonly receivedAt: Instant;
};
