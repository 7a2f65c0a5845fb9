import { reject, type ContactId, type Decider, type Instant, type Rejection } from '#kernel';
import type { AddressKind, IdentityEvent } from './events.js';

/** Whose an address is. Its stream is named by the organisation and a keyed hash of the address. */
export type Identity = { readonly contactId: ContactId | null };

export type IdentityCommand = {
  readonly type: 'ClaimAddress';
  readonly at: Instant;
  readonly kind: AddressKind;
  readonly contactId: ContactId;
};

export type IdentityRejection = Rejection<
  'AddressClaimedByAnother',
  { readonly contactId: ContactId }
>;

export const identityDecider: Decider<Identity, IdentityCommand, IdentityEvent, IdentityRejection> =
  {
    name: 'identity',
    initial: { contactId: null },
    decide: (identity, { at, kind, contactId }) => {
      if (identity.contactId === null)
        return [{ type: 'AddressClaimed', at, data: { kind, contactId } }];
      if (identity.contactId === contactId) return [];
      return reject('AddressClaimedByAnother', { contactId: identity.contactId });
    },
    evolve: (_, { data }) => ({ contactId: data.contactId }),
  };
