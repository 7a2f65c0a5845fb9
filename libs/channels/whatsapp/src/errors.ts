import {
  errorClass,
  errorClasses,
  UNKNOWN_ERROR,
  type ErrorClass,
  type ProviderError,
} from '#channels/http';

/**
 * Meta's codes, by what they ask of us.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes (read 2026-11-20)
 */
const RETRY: { readonly [code: string]: string } = {
  1: 'unknown_api_error',
  2: 'service_unavailable',
  4: 'rate_limited',
  80007: 'rate_limited',
  130429: 'rate_limited',
  131000: 'something_went_wrong',
  131016: 'service_unavailable',
  131056: 'pair_rate_limited',
  131057: 'account_in_maintenance',
  133004: 'service_unavailable',
};
const LATER: { readonly [code: string]: string } = {
  131048: 'spam_rate_limited',
  131049: 'held_back_by_provider',
  131064: 'category_misuse_limited',
  132015: 'template_paused',
  132069: 'flow_throttled',
  133008: 'too_many_pin_guesses',
  133009: 'pin_guessed_too_fast',
  133015: 'number_recently_deleted',
  133016: 'registration_rate_limited',
  2388039: 'template_not_editable',
};
const FIX: { readonly [code: string]: string } = {
  0: 'authentication_failed',
  3: 'permission_denied',
  10: 'permission_denied',
  33: 'business_number_deleted',
  100: 'invalid_parameter',
  190: 'access_token_expired',
  368: 'account_blocked',
  131005: 'permission_denied',
  131008: 'parameter_missing',
  131009: 'invalid_parameter_value',
  131030: 'invalid_phone_number',
  131031: 'account_locked',
  131037: 'display_name_not_approved',
  131042: 'payment_problem',
  131045: 'registration_incomplete',
  131051: 'unsupported_message_type',
  131053: 'media_rejected',
  131062: 'recipient_not_supported',
  131063: 'marketing_disabled',
  132000: 'template_parameter_count_mismatch',
  132001: 'template_not_approved',
  132005: 'template_text_too_long',
  132007: 'template_content_policy',
  132008: 'template_parameter_mismatch',
  132012: 'template_parameter_mismatch',
  132068: 'flow_blocked',
  133000: 'deregistration_incomplete',
  133005: 'pin_mismatch',
  133006: 'number_verification_needed',
  133010: 'number_not_registered',
  134011: 'payment_terms_not_accepted',
  135000: 'invalid_request',
  137000: 'identity_changed',
  2388019: 'template_limit_reached',
  2388040: 'template_field_too_long',
  2388047: 'template_header_format',
  2388072: 'template_body_format',
  2388073: 'template_footer_format',
  2388293: 'template_too_many_variables',
  2388299: 'template_variable_at_edge',
};
const NEVER: { readonly [code: string]: string } = {
  130472: 'recipient_in_experiment',
  130497: 'country_restricted',
  131021: 'invalid_phone_number',
  131026: 'invalid_phone_number',
  131047: 'window_expired',
  131050: 'not_opted_in',
  131052: 'inbound_media_unavailable',
  132016: 'template_disabled',
};

const TABLE = errorClasses({ retry: RETRY, later: LATER, fix: FIX, never: NEVER });

/** Every code that has a class of its own; 200 to 299 share one. */
export const knownCodes: ReadonlySet<string> = new Set(TABLE.keys());

const PERMISSION = errorClass('permission_denied', 'fix');
const INVALID_RECIPIENT = errorClass('invalid_phone_number', 'fix');

const isPermissionCode = (code: string): boolean => /^2\d\d$/.test(code);

/** The general codes for a bad parameter say in words when it was the recipient's. */
const namesRecipient = (error: ProviderError): boolean =>
  /\brecipient\b|\bphone number\b|parameter (?:value )?["'(]?to\b/i.test(
    `${error.message ?? ''} ${error.details ?? ''}`,
  );

/**
 * The reason and the treatment of an error (R107). Total: a code that nobody has met is
 * `provider_error` and is not retried, since nothing is known of what it would do.
 */
export const classify = (error: ProviderError): ErrorClass => {
  if ((error.code === '100' || error.code === '131009') && namesRecipient(error))
    return INVALID_RECIPIENT;
  return TABLE.get(error.code) ?? (isPermissionCode(error.code) ? PERMISSION : UNKNOWN_ERROR);
};
