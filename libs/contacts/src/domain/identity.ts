import {
  epochMs,
  reject,
  unreachable,
  type ContactId,
  type Decider,
  type Instant,
  type Rejection,
} from '#kernel';
import type { AddressKind, IdentityEvent } from './events.js';

/** Whose an address is. Its stream is named by the organisation and a keyed hash of the address. */
export type Identity = {
  readonly contactId: ContactId | null;
  /** Whose it was before, oldest first, and until when; the newest few. */
  readonly former: readonly Former[];
};

type Former = { readonly contactId: ContactId; readonly until: Instant };

/** Former holders that are remembered, for what was told in their time and arrives late. */
const formerMax = 8;

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
/** The address is this contact's no more. `at` is when the provider told so. */
type ReleaseAddress = Of<'ReleaseAddress'>;

export type IdentityCommand = ClaimAddress | MoveAddress | ReleaseAddress;

export type IdentityRejection = Rejection<
  'AddressClaimedByAnother',
  { readonly contactId: ContactId }
>;

export const identityDecider: Decider<Identity, IdentityCommand, IdentityEvent, IdentityRejection> =
  {
    name: 'identity',
    initial: { contactId: null, former: [] },
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
    evolve: ({ former }, event) => {
      switch (event.type) {
        case 'AddressClaimed':
          return { contactId: event.data.contactId, former };
        case 'AddressReleased':
          return {
            contactId: null,
            former: [...former, { contactId: event.data.contactId, until: event.at }].slice(
              -formerMax,
            ),
          };
        default:
          return unreachable(event);
      }
    },
  };

/** Whose an address was at an instant, if somebody else's than today's holder; else null. */
export const formerHolder = ({ former }: Identity, at: Instant): ContactId | null =>
  former.find(({ until }) => epochMs(at) <= epochMs(until))?.contactId ?? null;

const claimedByAnother = (contactId: ContactId): IdentityRejection =>
  reject('AddressClaimedByAnother', { contactId });
