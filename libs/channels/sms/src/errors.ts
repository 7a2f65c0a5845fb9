import {
  errorClasses,
  UNKNOWN_ERROR,
  type ErrorClass,
  type ProviderError,
  type ReasonsByClass,
} from '#channels/http';

/**
 * Twilio's codes, by what they ask of us. Those from 30000 on arrive in receipts.
 * https://www.twilio.com/docs/api/errors (read 2026-11-20)
 */
const REASONS: ReasonsByClass = {
  retry: {
    20429: 'rate_limited',
    20503: 'service_unavailable',
    21611: 'queue_full',
    30001: 'queue_full',
    30008: 'delivery_failed',
  },
  later: {
    30003: 'handset_unreachable',
    30022: 'rate_limited',
    30023: 'daily_limit_reached',
  },
  fix: {
    20003: 'authentication_failed',
    20404: 'account_not_found',
    21408: 'region_not_enabled',
    21602: 'text_missing',
    21603: 'sender_missing',
    21604: 'recipient_missing',
    21606: 'sender_number_invalid',
    21608: 'trial_recipient_unverified',
    21617: 'text_too_long',
    30002: 'account_suspended',
    30007: 'carrier_filtered',
    30032: 'sender_not_verified',
    30034: 'sender_not_registered',
  },
  never: {
    21211: 'invalid_phone_number',
    21214: 'invalid_phone_number',
    21217: 'invalid_phone_number',
    21610: 'opted_out',
    21612: 'not_reachable_by_sms',
    21614: 'invalid_phone_number',
    30004: 'message_blocked',
    30005: 'invalid_phone_number',
    30006: 'invalid_phone_number',
    63016: 'window_expired',
  },
};

const TABLE = errorClasses(REASONS);

/** Every code that has a class of its own. */
export const knownCodes: ReadonlySet<string> = new Set(TABLE.keys());

/** The reason and the treatment of an error (R107). Total. */
export const classify = (error: Pick<ProviderError, 'code'>): ErrorClass =>
  TABLE.get(error.code) ?? UNKNOWN_ERROR;
