import {
  reject,
  unreachable,
  type ContactId,
  type Decider,
  type Instant,
  type Rejection,
} from '#kernel';
import type { AddressKind, IdentityEvent } from './events.js';

/** Whose an address is. Its stream is named by the organisation and a keyed hash of the address. */
export type Identity = { readonly contactId: ContactId | null };

type Of<Type extends string> = {
  readonly type: Type;
  readonly at: Instant;
  readonly kind: AddressKind;
  readonly contactId: ContactId;
};

/** For an address that is free, or this contact's already. */
type ClaimAddress = Of<'ClaimAddress'>;
/** For an address that has gone over from one contact to another. */
type MoveAddress = Of<'MoveAddress'> & { readonly from: ContactId };
/** The address is this contact's no more. */
type ReleaseAddress = Of<'ReleaseAddress'>;

export type IdentityCommand = ClaimAddress | MoveAddress | ReleaseAddress;

export type IdentityRejection = Rejection<
  'AddressClaimedByAnother',
  { readonly contactId: ContactId }
>;

export const identityDecider: Decider<Identity, IdentityCommand, IdentityEvent, IdentityRejection> =
  {
    name: 'identity',
    initial: { contactId: null },
    decide: ({ contactId: holder }, command) => {
      const { type, at, kind, contactId } = command;
      const released = { type: 'AddressReleased' as const, at };
      const claimed = { type: 'AddressClaimed' as const, at, data: { kind, contactId } };
      switch (type) {
        case 'ClaimAddress':
          if (holder === null) return [claimed];
          return holder === contactId ? [] : claimedByAnother(holder);
        case 'MoveAddress':
          if (holder === null) return [claimed];
          if (holder === contactId) return [];
          if (holder !== command.from) return claimedByAnother(holder);
          return [{ ...released, data: { kind, contactId: holder } }, claimed];
        case 'ReleaseAddress':
          return holder === contactId ? [{ ...released, data: { kind, contactId } }] : [];
        default:
          return unreachable(type);
      }
    },
    evolve: (_, event) => {
      switch (event.type) {
        case 'AddressClaimed':
          return { contactId: event.data.contactId };
        case 'AddressReleased':
          return { contactId: null };
        default:
          return unreachable(event);
      }
    },
  };

const claimedByAnother = (contactId: ContactId): IdentityRejection =>
  reject('AddressClaimedByAnother', { contactId });
