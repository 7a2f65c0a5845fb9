import { contactId, instant, numberId, threadId } from '#kernel';
import type { Examples } from '#event-store/spec';
import type { ContactEvent, IdentityEvent } from '../domain/events.js';

const at = instant(1_795_176_000_000);

/** One fact of each type, as it may stand on the log. */
export const contactExamples: Examples<ContactEvent | IdentityEvent> = {
  ContactMet: { type: 'ContactMet', at, data: { contactId: contactId('daniel') } },
  ContactAddressLearned: {
    type: 'ContactAddressLearned',
    at,
    data: { kind: 'wa_id', address: '447700900281', numberId: numberId('number1') },
  },
  ContactAddressLost: { type: 'ContactAddressLost', at, data: { kind: 'phone' } },
  ContactProfileNameChanged: {
    type: 'ContactProfileNameChanged',
    at,
    data: { profileName: 'Daniel Okafor' },
  },
  ContactThreadOpened: {
    type: 'ContactThreadOpened',
    at,
    data: { numberId: numberId('number1'), threadId: threadId('thread1') },
  },
  SmsConsentWithdrawn: { type: 'SmsConsentWithdrawn', at, data: { source: 'STOP' } },
  SmsConsentGiven: { type: 'SmsConsentGiven', at, data: { source: 'START' } },
  PhoneFoundUnusable: { type: 'PhoneFoundUnusable', at, data: { reason: 'invalid_phone_number' } },
  PhoneFoundUsable: { type: 'PhoneFoundUsable', at, data: {} },
  SmsRouteSet: {
    type: 'SmsRouteSet',
    at,
    data: { smsNumber: '+447700900800', threadId: threadId('thread1') },
  },
  ContactAbsorbed: {
    type: 'ContactAbsorbed',
    at,
    data: { survivorContactId: contactId('daniel') },
  },
  ContactsMerged: {
    type: 'ContactsMerged',
    at,
    data: {
      absorbedContactId: contactId('dan'),
      earlierContactIds: [contactId('danny')],
      threads: [{ numberId: numberId('number1'), threadId: threadId('thread2') }],
    },
  },
  AddressReleased: {
    type: 'AddressReleased',
    at,
    data: { kind: 'wa_id', contactId: contactId('daniel') },
  },
  AddressClaimed: {
    type: 'AddressClaimed',
    at,
    data: { kind: 'bsuid', contactId: contactId('daniel') },
  },
};
