import type { ErrorClass, ProviderError } from '#channels/whatsapp';
import { windowExpiredSentence, type Failure } from '../domain/failure.js';

/** Our words for the reasons that people meet most; the provider's stand beside them, verbatim. */
const sentences: { readonly [reason: string]: string } = {
  window_expired: windowExpiredSentence,
  template_not_approved: 'WhatsApp has not approved this template.',
  invalid_phone_number: 'WhatsApp cannot reach this phone number.',
  rate_limited: 'WhatsApp limits how fast this number may send.',
  pair_rate_limited: 'WhatsApp limits how fast one customer may be written to.',
};

/** A failure as the provider told it. */
export const providerFailure = (error: ProviderError, errorClass: ErrorClass): Failure => ({
  reason: errorClass.reason,
  message: sentences[errorClass.reason] ?? 'WhatsApp did not deliver this message.',
  providerCode: error.code,
  providerMessage: error.details ?? error.message ?? error.title,
  retryable: errorClass.retryable,
});
