import { epochMs, instant, type Instant } from '#kernel';

/**
 * The customer service window: free-form messages may be sent for 24 hours after the customer's last
 * message, by the provider's clock, to the millisecond, as a half-open interval. The rule is Meta's
 * and no setting can change it:
 * https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages (read 2026-11-20).
 */
export const windowDurationMs = 24 * 60 * 60 * 1_000;

/** What decides the window. Instants in epoch milliseconds, null where it never happened. */
export type CustomerServiceWindow = {
  readonly lastCustomerMessageAtMs: number | null;
  /** When the newest message was started that the provider refused because of the window. */
  readonly refusedAtMs: number | null;
};

export type WindowStatus = 'OPEN' | 'EXPIRED' | 'NEVER_OPENED';

export const neverOpened: CustomerServiceWindow = {
  lastCustomerMessageAtMs: null,
  refusedAtMs: null,
};

/** Late messages never shorten the window: the latest decides. */
export const customerWrote = (
  window: CustomerServiceWindow,
  sentAtMs: number,
): CustomerServiceWindow => ({
  ...window,
  lastCustomerMessageAtMs: Math.max(window.lastCustomerMessageAtMs ?? sentAtMs, sentAtMs),
});

export const providerRefused = (
  window: CustomerServiceWindow,
  refusedMessageStartedAtMs: number,
): CustomerServiceWindow => ({
  ...window,
  refusedAtMs: Math.max(window.refusedAtMs ?? 0, refusedMessageStartedAtMs),
});

/** Only a customer message that is later than the refused message says more than the provider. */
export const refusedByProvider = (window: CustomerServiceWindow): boolean =>
  window.refusedAtMs !== null && (window.lastCustomerMessageAtMs ?? 0) <= window.refusedAtMs;

/** The first millisecond at which the window is closed; null if it never opened. */
export const closesAtMs = (window: CustomerServiceWindow): number | null =>
  window.lastCustomerMessageAtMs === null
    ? null
    : window.lastCustomerMessageAtMs + windowDurationMs;

/** The same as an instant. */
export const closesAt = (window: CustomerServiceWindow): Instant | null => {
  const closesMs = closesAtMs(window);
  return closesMs === null ? null : instant(closesMs);
};

export const windowStatus = (window: CustomerServiceWindow, nowMs: number): WindowStatus => {
  const closes = closesAtMs(window);
  if (closes === null) return 'NEVER_OPENED';
  return nowMs < closes && !refusedByProvider(window) ? 'OPEN' : 'EXPIRED';
};

/** When the window closes once the customer has done at `at` what opens it. */
export const windowOpenedAt = (window: CustomerServiceWindow, at: Instant): Instant =>
  instant((customerWrote(window, epochMs(at)).lastCustomerMessageAtMs ?? 0) + windowDurationMs);
