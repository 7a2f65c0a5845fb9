import { Map } from 'immutable';
import {
  unreachable,
  type ContactId,
  type Decider,
  type Instant,
  type NumberId,
  type Personal,
  type Rejection,
  type ThreadId,
} from '#kernel';
import type { AddressKind, ContactEvent } from './events.js';

/** A person whom the business talks with: how they are reached, and in which threads. */
export type Contact = {
  readonly contactId: ContactId | null;
  readonly addresses: Map<AddressKind, Personal<string>>;
  readonly profileName: Personal<string> | null;
  readonly threads: Map<NumberId, ThreadId>;
};

/** A customer showed up at a business number, under these addresses and with this name. */
export type ContactCommand = {
  readonly type: 'MeetContact';
  readonly at: Instant;
  readonly contactId: ContactId;
  readonly addresses: readonly { readonly kind: AddressKind; readonly address: string }[];
  readonly profileName: string | null;
  readonly numberId: NumberId;
  /** The thread to open if there is none between the two. */
  readonly threadId: ThreadId;
};

export const contactDecider: Decider<Contact, ContactCommand, ContactEvent, Rejection<never>> = {
  name: 'contact',
  initial: { contactId: null, addresses: Map(), profileName: null, threads: Map() },
  decide: (contact, command) => [
    ...met(contact, command),
    ...addressesLearned(contact, command),
    ...profileNameChanged(contact, command),
    ...threadOpened(contact, command),
  ],
  evolve: (contact, event) => {
    switch (event.type) {
      case 'ContactMet':
        return { ...contact, contactId: event.data.contactId };
      case 'ContactAddressLearned':
        return {
          ...contact,
          addresses: contact.addresses.set(event.data.kind, event.data.address),
        };
      case 'ContactProfileNameChanged':
        return { ...contact, profileName: event.data.profileName };
      case 'ContactThreadOpened':
        return {
          ...contact,
          threads: contact.threads.set(event.data.numberId, event.data.threadId),
        };
      default:
        return unreachable(event);
    }
  },
};

const met = (contact: Contact, { at, contactId }: ContactCommand): readonly ContactEvent[] =>
  contact.contactId === null ? [{ type: 'ContactMet', at, data: { contactId } }] : [];

/** An erased address is not learned again: a claim under it stays the erased person's. */
const addressesLearned = (
  contact: Contact,
  { at, addresses }: ContactCommand,
): readonly ContactEvent[] =>
  addresses
    .filter(({ kind }) => !contact.addresses.has(kind))
    .map((data) => ({ type: 'ContactAddressLearned', at, data }));

const profileNameChanged = (
  contact: Contact,
  { at, profileName }: ContactCommand,
): readonly ContactEvent[] =>
  profileName === null || profileName === contact.profileName
    ? []
    : [{ type: 'ContactProfileNameChanged', at, data: { profileName } }];

const threadOpened = (
  contact: Contact,
  { at, numberId, threadId }: ContactCommand,
): readonly ContactEvent[] =>
  contact.threads.has(numberId)
    ? []
    : [{ type: 'ContactThreadOpened', at, data: { numberId, threadId } }];
