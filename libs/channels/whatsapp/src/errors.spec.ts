import { describe, expect, it } from '@jest/globals';
import { classify, knownCodes } from './errors.js';
import { readProviderError } from './read-error.js';

const said = (code: string, details: string | null = null) => ({
  code,
  title: null,
  message: null,
  details,
});

describe('the class of an error', () => {
  it.each([
    ['131047', 'window_expired', 'never'],
    ['132001', 'template_not_approved', 'fix'],
    ['131026', 'invalid_phone_number', 'never'],
    ['131021', 'invalid_phone_number', 'never'],
    ['131030', 'invalid_phone_number', 'fix'],
  ])('R107: %s is %s', (code, reason, retry) => {
    expect(classify(said(code))).toEqual({ reason, retry, retryable: false });
  });

  it('R107: a bad parameter is an invalid phone number when the recipient is bad', () => {
    const recipient = said('131009', 'Recipient phone number is not a valid phone number');
    expect(classify(recipient).reason).toBe('invalid_phone_number');
    expect(classify(said('100', "Invalid parameter 'to'")).reason).toBe('invalid_phone_number');
    expect(classify(said('100', 'text.body is too long')).reason).toBe('invalid_parameter');
    expect(classify(said('131009', null)).reason).toBe('invalid_parameter_value');
  });

  it.each([
    ['130429', 'rate_limited', 'retry', true],
    ['131056', 'pair_rate_limited', 'retry', true],
    ['131049', 'held_back_by_provider', 'later', true],
    ['190', 'access_token_expired', 'fix', false],
    ['131050', 'not_opted_in', 'never', false],
  ])('R105: %s is %s, to be treated as "%s"', (code, reason, retry, retryable) => {
    expect(classify(said(code))).toEqual({ reason, retry, retryable });
  });

  it('R105: the codes from 200 to 299 are one class, and their neighbours are not', () => {
    expect(classify(said('199')).reason).toBe('provider_error');
    expect(classify(said('200')).reason).toBe('permission_denied');
    expect(classify(said('299')).reason).toBe('permission_denied');
    expect(classify(said('300')).reason).toBe('provider_error');
  });

  it('R105: an unknown code has a reason, too, and is never retried', () => {
    const unknown = { reason: 'provider_error', retry: 'never', retryable: false };
    for (const code of ['999999', '', 'none', '__proto__', 'constructor'])
      expect(classify(said(code))).toEqual(unknown);
  });

  it('R105: every known code has a snake_case reason of its own class', () => {
    expect(knownCodes.size).toBe(68);
    for (const code of knownCodes)
      expect(classify(said(code)).reason).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });
});

describe('what the provider said', () => {
  it('R106: is kept verbatim, from a status', () => {
    const error = {
      code: 131047,
      title: 'Re-engagement message',
      message: 'Re-engagement message',
      error_data: { details: 'More than 24 hours “have passed” — ✋' },
    };
    expect(readProviderError(error)).toEqual({
      code: '131047',
      title: 'Re-engagement message',
      message: 'Re-engagement message',
      details: 'More than 24 hours “have passed” — ✋',
    });
  });

  it('R106: is found where older webhooks put it', () => {
    const error = { code: 131051, title: 'Unsupported message type', details: 'Not supported' };
    expect(readProviderError(error)).toMatchObject({ message: null, details: 'Not supported' });
  });

  it('R106: has no code when none was given, and is nothing when it is no object', () => {
    expect(readProviderError({ title: 'Odd' })).toMatchObject({ code: 'none', title: 'Odd' });
    for (const value of [undefined, null, [], 'error', 1])
      expect(readProviderError(value)).toBeNull();
  });
});
