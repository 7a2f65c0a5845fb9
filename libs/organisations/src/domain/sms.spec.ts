import { describe, expect, it } from '@jest/globals';
import { instant, numberId } from '#kernel';
import type { OrganisationEvent } from './events.js';
import { organisationDecider } from './organisation.js';
import { businessNameForSms, smsNumberFor } from './sms.js';

const at = instant(1);
const smsConnected = (number: string, smsNumber: string): OrganisationEvent => ({
  type: 'SmsNumberConnected',
  at,
  data: { smsNumber, numberId: numberId(number) },
});
const organisation = (...facts: readonly OrganisationEvent[]) =>
  facts.reduce(organisationDecider.evolve, organisationDecider.initial);
const founded: OrganisationEvent = {
  type: 'OrganisationFounded',
  at,
  data: { name: 'AcmeMotors' },
};
const named = (smsName: string | null): OrganisationEvent => ({
  type: 'SmsNameChosen',
  at,
  data: { smsName },
});

describe('the SMS number of a business number', () => {
  it('R078: is its own', () => {
    const both = organisation(smsConnected('b', '+2'), smsConnected('a', '+1'));
    expect(smsNumberFor(both, numberId('a'))).toBe('+1');
    expect(smsNumberFor(both, numberId('b'))).toBe('+2');
  });

  it('R078: is the first that was connected when it has none, however many there are', () => {
    const numbers = Array.from({ length: 40 }, (_, n) => smsConnected(`number${n}`, `+${n}`));
    const many = organisation(smsConnected('z', '+99'), ...numbers, smsConnected('z', '+98'));
    expect(smsNumberFor(many, numberId('another'))).toBe('+98');
  });

  it('R094: is none when none was connected', () => {
    expect(smsNumberFor(organisation(founded), numberId('a'))).toBeNull();
  });
});

describe('what a business is called in SMS', () => {
  it('R079: is the name for SMS, else its name', () => {
    expect(businessNameForSms(organisation(founded))).toBe('AcmeMotors');
    expect(businessNameForSms(organisation(founded, named('Acme')))).toBe('Acme');
    expect(businessNameForSms(organisation(founded, named('Acme'), named(null)))).toBe(
      'AcmeMotors',
    );
    expect(businessNameForSms(organisation())).toBe('');
  });
});
