import { isErased, type Projection } from '#kernel';
import type { ContactEvent } from '../domain/events.js';

export type ContactRow = {
  readonly contact_id: string;
  readonly organisation_id: string;
  readonly profile_name: string | null;
  /** The name as it is searched for: databases differ in what they make small. */
  readonly search_name: string | null;
  /** Where they stand in a list: by that name, else by the digits of their number, else first. */
  readonly listed_as: string;
  readonly wa_id: string | null;
  /** E.164, with its plus. */
  readonly phone: string | null;
  /** 1: no SMS goes to them. */
  readonly sms_opted_out: 0 | 1;
  /** 1: no SMS reaches their phone. */
  readonly sms_unreachable: 0 | 1;
  /** The contact that this one turned out to be; null: itself. */
  readonly survivor_id: string | null;
};

/** Who a contact is, as an inbox shows them. Erased fields are null. */
export const contactsProjection: Projection<ContactEvent, ContactRow> = {
  kind: 'projection',
  name: 'contacts',
  version: 5,
  streams: ['contact-'],
  types: [
    'ContactMet',
    'ContactAddressLearned',
    'ContactAddressLost',
    'ContactAbsorbed',
    'ContactProfileNameChanged',
    'SmsConsentWithdrawn',
    'SmsConsentGiven',
    'PhoneFoundUnusable',
    'PhoneFoundUsable',
  ],
  table: {
    name: 'contacts',
    columns: {
      contact_id: 'text',
      organisation_id: 'text',
      profile_name: 'text?',
      search_name: 'text?',
      listed_as: 'text',
      wa_id: 'text?',
      phone: 'text?',
      sms_opted_out: 'integer',
      sms_unreachable: 'integer',
      survivor_id: 'text?',
    },
    key: 'contact_id',
    indexes: [['organisation_id', 'listed_as', 'contact_id'], ['survivor_id']],
  },
  keys: ({ stream }) => [stream.slice(stream.lastIndexOf('-') + 1)],
  project: (row, recorded, key) => {
    const before = row ?? {
      contact_id: key,
      organisation_id: recorded.metadata.organisationId,
      profile_name: null,
      search_name: null,
      listed_as: '',
      wa_id: null,
      phone: null,
      sms_opted_out: 0 as const,
      sms_unreachable: 0 as const,
      survivor_id: null,
    };
    if (recorded.type === 'ContactProfileNameChanged') {
      const { profileName } = recorded.data;
      const name = isErased(profileName) ? null : profileName;
      return listed({ ...before, profile_name: name, search_name: name && searchable(name) });
    }
    if (recorded.type === 'ContactAddressLearned' && recorded.data.kind !== 'bsuid') {
      const { kind, address } = recorded.data;
      return listed({ ...before, [kind]: isErased(address) ? null : address });
    }
    if (recorded.type === 'ContactAddressLost' && recorded.data.kind !== 'bsuid')
      return listed({ ...before, [recorded.data.kind]: null });
    if (recorded.type === 'ContactAbsorbed')
      return { ...before, survivor_id: recorded.data.survivorContactId };
    if (recorded.type === 'SmsConsentWithdrawn') return { ...before, sms_opted_out: 1 };
    if (recorded.type === 'SmsConsentGiven') return { ...before, sms_opted_out: 0 };
    if (recorded.type === 'PhoneFoundUnusable') return { ...before, sms_unreachable: 1 };
    if (recorded.type === 'PhoneFoundUsable') return { ...before, sms_unreachable: 0 };
    return before;
  },
};

const listed = (row: ContactRow): ContactRow => ({
  ...row,
  listed_as: row.search_name ?? row.wa_id ?? row.phone?.replace('+', '') ?? '',
});

/** Names and what is typed to find them meet in this form. */
export const searchable = (name: string): string => name.normalize('NFC').toLowerCase();
