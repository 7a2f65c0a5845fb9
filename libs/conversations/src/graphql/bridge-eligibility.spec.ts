import { describe, expect, it } from '@jest/globals';
import { epochMs } from '#kernel';
import { after, noon } from '../spec/people.js';
import { bridging } from '../spec/wishes.js';
import { eligibility } from './bridge-eligibility.js';

const at = (
  ms: number,
  told: Partial<typeof bridging> = {},
  blockedUntilMs: number | null = null,
) => eligibility({ ...bridging, ...told }, blockedUntilMs, epochMs(after(ms)));

describe('whether a bridge can be sent', () => {
  it('R097: is so when nothing stands in the way', () => {
    expect(at(0)).toEqual({ eligible: true, reason: null, message: null, nextAllowedAt: null });
  });

  it.each([
    ['R094', { hasPhone: false }, 'NO_PHONE'],
    ['R095', { hasConsent: false }, 'SMS_OPTED_OUT'],
    ['C16', { hasNumber: false }, 'NO_SMS_NUMBER'],
    ['Q07', { text: null }, 'SMS_NAME_NEEDED'],
  ])('%s, R097: says which obstacle there is, in words too', (_, told, reason) => {
    expect(at(0, told)).toMatchObject({ eligible: false, reason, nextAllowedAt: null });
    expect(at(0, told).message).not.toBeNull();
  });

  it('R096, R097: says when the next one may be sent, to the millisecond', () => {
    const until = epochMs(after(9));
    expect(at(8, {}, until)).toMatchObject({
      eligible: false,
      reason: 'ALREADY_BRIDGED',
      nextAllowedAt: after(9),
    });
    expect(at(9, {}, until)).toMatchObject({ eligible: true, nextAllowedAt: null });
    expect(at(8, { hasPhone: false }, until)).toMatchObject({ reason: 'NO_PHONE' });
  });

  it('C04: says so where the organisation wants templates only', () => {
    const told = eligibility({ ...bridging, policy: 'REQUIRE_TEMPLATE' }, null, epochMs(noon));
    expect(told).toMatchObject({ eligible: false, reason: null });
    expect(told.message).toContain('templates only');
  });
});
