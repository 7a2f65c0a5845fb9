import { isErased, type Projection } from '#kernel';
import type { ContactEvent } from '../domain/events.js';

export type ContactRow = {
  readonly contact_id: string;
  readonly organisation_id: string;
  readonly profile_name: string | null;
  readonly wa_id: string | null;
};

/** Who a contact is, as an inbox shows them. Erased fields are null. */
export const contactsProjection: Projection<ContactEvent, ContactRow> = {
  kind: 'projection',
  name: 'contacts',
  version: 1,
  streams: ['contact-'],
  types: ['ContactMet', 'ContactAddressLearned', 'ContactProfileNameChanged'],
  table: {
    name: 'contacts',
    columns: {
      contact_id: 'text',
      organisation_id: 'text',
      profile_name: 'text?',
      wa_id: 'text?',
    },
    key: 'contact_id',
    indexes: [],
  },
  keys: ({ stream }) => [stream.slice(stream.lastIndexOf('-') + 1)],
  project: (row, recorded, key) => {
    const before = row ?? {
      contact_id: key,
      organisation_id: recorded.metadata.organisationId,
      profile_name: null,
      wa_id: null,
    };
    if (recorded.type === 'ContactProfileNameChanged') {
      const { profileName } = recorded.data;
      return { ...before, profile_name: isErased(profileName) ? null : profileName };
    }
    if (recorded.type === 'ContactAddressLearned' && recorded.data.kind === 'wa_id') {
      const { address } = recorded.data;
      return { ...before, wa_id: isErased(address) ? null : address };
    }
    return before;
  },
};
