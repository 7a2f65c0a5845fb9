/** Why a message failed: stable for machines, in our words for people, in the provider's verbatim. */
export type Failure = {
  readonly reason: string;
  readonly message: string;
  readonly providerCode: string | null;
  readonly providerMessage: string | null;
  /** Whether the same message may be tried again later by whoever wrote it. */
  readonly retryable: boolean;
};

/** The one sentence for a free-form message outside the window, whatever the policy. */
export const windowExpiredSentence =
  'A template message is required outside the 24-hour messaging window.';

/** What became of a free-form message in a closed window, besides its being refused. */
export type ClosedWindowReason =
  | 'window_expired'
  | 'window_expired_bridge_sent'
  | 'window_expired_bridge_deduplicated'
  | 'window_expired_bridge_failed'
  | 'window_expired_no_phone'
  | 'window_expired_sms_opted_out'
  | 'window_expired_no_sms_number';

/** A free-form message that was refused because the window was closed. */
export const windowExpired = (reason: ClosedWindowReason = 'window_expired'): Failure =>
  ownFailure(reason, windowExpiredSentence);

/** A failure that no provider spoke of, and that nothing but a change of the facts will mend. */
export const ownFailure = (reason: string, message: string): Failure => ({
  reason,
  message,
  providerCode: null,
  providerMessage: null,
  retryable: false,
});
