import { instant, memberId, numberId, organisationId } from '#kernel';
import type { Examples } from '#event-store/spec';
import type { AddressEvent, OrganisationEvent } from '../domain/events.js';

const at = instant(1_795_176_000_000);

/** One fact of each type, as it may stand on the log. */
export const organisationExamples: Examples<OrganisationEvent | AddressEvent> = {
  OrganisationFounded: { type: 'OrganisationFounded', at, data: { name: 'AcmeMotors' } },
  NumberConnected: {
    type: 'NumberConnected',
    at,
    data: {
      numberId: numberId('number1'),
      phoneNumberId: '1070',
      businessAccountId: '2080',
      displayPhoneNumber: '+44 7700 900123',
    },
  },
  MemberAdded: {
    type: 'MemberAdded',
    at,
    data: {
      memberId: memberId('ann'),
      kind: 'staff',
      name: 'Ann Lee',
      capabilities: ['messages.view', 'messages.send'],
    },
  },
  MemberCapabilitiesChanged: {
    type: 'MemberCapabilitiesChanged',
    at,
    data: { memberId: memberId('ann'), capabilities: ['messages.view'] },
  },
  SmsNumberConnected: {
    type: 'SmsNumberConnected',
    at,
    data: { smsNumber: '+447700900800', numberId: numberId('number1') },
  },
  ExpiredWindowPolicyChosen: {
    type: 'ExpiredWindowPolicyChosen',
    at,
    data: { policy: 'REQUIRE_TEMPLATE' },
  },
  SmsNameChosen: { type: 'SmsNameChosen', at, data: { smsName: 'Acme' } },
  AddressAssigned: {
    type: 'AddressAssigned',
    at,
    data: { organisationId: organisationId('acme'), numberId: numberId('number1') },
  },
};
