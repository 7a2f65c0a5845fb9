import { windowExpiredSentence, type Failure } from './failure.js';

/** What a channel makes of a provider's error: its class, and the provider's own words. */
export type ProviderRefusal = {
  readonly errorClass: { readonly reason: string; readonly retryable: boolean };
  readonly error: {
    readonly code: string;
    readonly title: string | null;
    readonly message: string | null;
    readonly details: string | null;
  };
};

type Provider = 'WhatsApp' | 'SMS';

/** Our words for the reasons that people meet most; the provider's stand beside them, verbatim. */
const sentences: { readonly [Name in Provider]: { readonly [reason: string]: string } } = {
  WhatsApp: {
    window_expired: windowExpiredSentence,
    template_not_approved: 'WhatsApp has not approved this template.',
    invalid_phone_number: 'WhatsApp cannot reach this phone number.',
    rate_limited: 'WhatsApp limits how fast this number may send.',
    pair_rate_limited: 'WhatsApp limits how fast one customer may be written to.',
  },
  SMS: {
    opted_out: 'The customer has opted out of SMS.',
    invalid_phone_number: 'This phone number cannot get an SMS.',
    not_reachable_by_sms: 'This phone number cannot get an SMS.',
    handset_unreachable: 'The phone is off, or out of reach.',
    carrier_filtered: 'The customer’s carrier did not let the SMS through.',
  },
};

/** A failure as the provider told it. */
export const providerFailure = (
  { error, errorClass }: ProviderRefusal,
  provider: Provider,
): Failure => ({
  reason: errorClass.reason,
  message:
    sentences[provider][errorClass.reason] ??
    (provider === 'SMS' ? 'The SMS was not delivered.' : 'WhatsApp did not deliver this message.'),
  providerCode: error.code,
  providerMessage: error.details ?? error.message ?? error.title,
  retryable: errorClass.retryable,
});
