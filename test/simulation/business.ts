import type { Principal } from '#access';
import type { SmsSettings } from '#conversations';

/** The business of the demo, with its numbers and people, is the one that is simulated. */
export { acmeMotors, setUpDemo } from '../../apps/casement/src/demo.js';

export const smsSettings: SmsSettings = {
  isOn: true,
  portalAddress: () => 'tflow.link',
  statusUrl: () => 'https://acme.test/webhooks/sms/status',
};

/** A member of the staff. */
export const tom: Principal = {
  kind: 'staff',
  id: 'agent',
  organisationId: 'acmemotors',
  capabilities: new Set(['messages.view', 'messages.send']),
  name: 'Tom',
};

const country = 'GB.';

/** The business-scoped id of whoever has this number. */
export const bsuidOf = (phone: string): string => `${country}${phone}`;

export const phoneOfBsuid = (bsuid: string): string => bsuid.slice(country.length);
