import {
  reject,
  type Decider,
  type Instant,
  type NumberId,
  type OrganisationId,
  type Rejection,
} from '#kernel';
import type { AddressEvent } from './events.js';

/** Where a provider's address leads. Its stream is named by a keyed hash of the address. */
export type Address = {
  readonly owner: { readonly organisationId: OrganisationId; readonly numberId: NumberId } | null;
};

export type AddressCommand = {
  readonly type: 'AssignAddress';
  readonly at: Instant;
  readonly organisationId: OrganisationId;
  readonly numberId: NumberId;
};

export type AddressRejection = Rejection<'AddressAssignedToAnother'>;

/** First come, first served: an address that leads somewhere is never led elsewhere by this. */
export const addressDecider: Decider<Address, AddressCommand, AddressEvent, AddressRejection> = {
  name: 'address',
  initial: { owner: null },
  decide: ({ owner }, { at, organisationId, numberId }) => {
    if (owner === null)
      return [{ type: 'AddressAssigned', at, data: { organisationId, numberId } }];
    const same = owner.organisationId === organisationId && owner.numberId === numberId;
    return same ? [] : reject('AddressAssignedToAnother');
  },
  evolve: (_, { data }) => ({ owner: data }),
};
