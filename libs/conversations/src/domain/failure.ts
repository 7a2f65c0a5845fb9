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

/** A free-form message that was refused because the window was closed. */
export const windowExpired = (): Failure => ({
  reason: 'window_expired',
  message: windowExpiredSentence,
  providerCode: null,
  providerMessage: null,
  retryable: false,
});
