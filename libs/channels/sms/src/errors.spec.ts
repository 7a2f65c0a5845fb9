import { describe, expect, it } from '@jest/globals';
import { classify, knownCodes } from './errors.js';

describe('a code of Twilio’s', () => {
  it.each([
    ['20003', 'authentication_failed', 'fix'],
    ['20404', 'account_not_found', 'fix'],
    ['20429', 'rate_limited', 'retry'],
    ['20503', 'service_unavailable', 'retry'],
    ['21211', 'invalid_phone_number', 'never'],
    ['21214', 'invalid_phone_number', 'never'],
    ['21217', 'invalid_phone_number', 'never'],
    ['21408', 'region_not_enabled', 'fix'],
    ['21602', 'text_missing', 'fix'],
    ['21603', 'sender_missing', 'fix'],
    ['21604', 'recipient_missing', 'fix'],
    ['21606', 'sender_number_invalid', 'fix'],
    ['21608', 'trial_recipient_unverified', 'fix'],
    ['21610', 'opted_out', 'never'],
    ['21611', 'queue_full', 'retry'],
    ['21612', 'not_reachable_by_sms', 'never'],
    ['21614', 'invalid_phone_number', 'never'],
    ['21617', 'text_too_long', 'fix'],
    ['30001', 'queue_full', 'retry'],
    ['30002', 'account_suspended', 'fix'],
    ['30003', 'handset_unreachable', 'later'],
    ['30004', 'message_blocked', 'never'],
    ['30005', 'invalid_phone_number', 'never'],
    ['30006', 'invalid_phone_number', 'never'],
    ['30007', 'carrier_filtered', 'fix'],
    ['30008', 'delivery_failed', 'retry'],
    ['30022', 'rate_limited', 'later'],
    ['30023', 'daily_limit_reached', 'later'],
    ['30032', 'sender_not_verified', 'fix'],
    ['30034', 'sender_not_registered', 'fix'],
    ['63016', 'window_expired', 'never'],
  ])('R107: %s is %s, treated as %s', (code, reason, retry) => {
    const retryable = retry === 'retry' || retry === 'later';
    expect(classify({ code })).toEqual({ reason, retry, retryable });
    expect(knownCodes.has(code)).toBe(true);
  });

  it('R107: that nobody has met is not retried', () => {
    for (const code of ['99999', 'none', '', '__proto__'])
      expect(classify({ code })).toEqual({
        reason: 'provider_error',
        retry: 'never',
        retryable: false,
      });
    expect(knownCodes.size).toBe(31);
  });
});
