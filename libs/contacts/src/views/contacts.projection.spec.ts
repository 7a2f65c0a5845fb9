import { describe, it } from '@jest/globals';
import { ERASED, contactId, numberId, instant, organisationId } from '#kernel';
import { given, recorded } from '#kernel/spec';
import type { ContactEvent } from '../domain/events.js';
import { contactsProjection } from './contacts.projection.js';

const at = instant(1);
const shown = (...facts: readonly ContactEvent[]) =>
  given(contactsProjection)(
    ...(facts.map((fact) =>
      recorded(fact, {
        stream: 'contact-acme-daniel',
        metadata: { organisationId: organisationId('acme') },
      }),
    ) as never[]),
  );
const met: ContactEvent = { type: 'ContactMet', at, data: { contactId: contactId('daniel') } };
const named = (profileName: string | typeof ERASED): ContactEvent => ({
  type: 'ContactProfileNameChanged',
  at,
  data: { profileName },
});
const phone = (address: string | typeof ERASED): ContactEvent => ({
  type: 'ContactAddressLearned',
  at,
  data: { kind: 'phone', address, numberId: numberId('number1') },
});
const row = {
  contact_id: 'daniel',
  organisation_id: 'acme',
  profile_name: null,
  search_name: null,
  listed_as: '',
  wa_id: null,
  phone: null,
  sms_opted_out: 0 as const,
  sms_unreachable: 0 as const,
  survivor_id: null,
};

describe('the view of contacts', () => {
  it('shows who they are by name and by number', () => {
    const waId: ContactEvent = {
      type: 'ContactAddressLearned',
      at,
      data: { kind: 'wa_id', address: '447700900281', numberId: numberId('number1') },
    };
    const bsuid: ContactEvent = {
      type: 'ContactAddressLearned',
      at,
      data: { kind: 'bsuid', address: 'GB.1', numberId: numberId('number1') },
    };
    shown(met).shows('daniel', row);
    shown(met, bsuid).shows('daniel', row);
    const digits = { listed_as: '447700900281', wa_id: '447700900281' };
    shown(met, waId).shows('daniel', { ...row, ...digits });
    shown(met, waId, phone('+447700900281')).shows('daniel', {
      ...row,
      ...digits,
      phone: '+447700900281',
    });
    shown(met, phone('+447700900281')).shows('daniel', {
      ...row,
      listed_as: '447700900281',
      phone: '+447700900281',
    });
    shown(met, waId, named('Ada')).shows('daniel', {
      ...row,
      ...digits,
      profile_name: 'Ada',
      search_name: 'ada',
      listed_as: 'ada',
    });
  });

  it('keeps the name as it is written, and as it is searched for in any script', () => {
    const name = { profile_name: 'ÜNAL', search_name: 'ünal', listed_as: 'ünal' };
    shown(met, named('ÜNAL')).shows('daniel', { ...row, ...name });
    // A letter and its dots, one by one: the same name to whoever types it.
    shown(met, named('U\u0308NAL')).shows('daniel', {
      ...row,
      ...name,
      profile_name: 'U\u0308NAL',
    });
  });

  it('shows nothing of what has been erased', () => {
    shown(met, named(ERASED), phone(ERASED)).shows('daniel', row);
  });

  it('R097: shows whether they want no SMS', () => {
    const stop: ContactEvent = { type: 'SmsConsentWithdrawn', at, data: { source: 'STOP' } };
    const start: ContactEvent = { type: 'SmsConsentGiven', at, data: { source: 'START' } };
    shown(met, stop).shows('daniel', { ...row, sms_opted_out: 1 });
    shown(met, stop, start).shows('daniel', row);
  });
});
