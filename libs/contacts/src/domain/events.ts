import type { ContactId, DomainEvent, NumberId, Personal, ThreadId } from '#kernel';
import { event, type EventCatalogue } from '#event-store';

/** In the order in which they are asked: who has a BSUID is known by it, whatever the phone says. */
export type AddressKind = 'bsuid' | 'wa_id';

/** A customer wrote whom nobody had met before. */
export type ContactMet = DomainEvent<'ContactMet', { readonly contactId: ContactId }>;

/** A contact can be reached at an address that was not known of them before. */
export type ContactAddressLearned = DomainEvent<
  'ContactAddressLearned',
  { readonly kind: AddressKind; readonly address: Personal<string> }
>;

/** The name a contact gives themselves on WhatsApp became known or changed. */
export type ContactProfileNameChanged = DomainEvent<
  'ContactProfileNameChanged',
  { readonly profileName: Personal<string> }
>;

/** The thread between a business number and this contact was opened; there is one for each pair. */
export type ContactThreadOpened = DomainEvent<
  'ContactThreadOpened',
  { readonly numberId: NumberId; readonly threadId: ThreadId }
>;

export type ContactEvent =
  ContactMet | ContactAddressLearned | ContactProfileNameChanged | ContactThreadOpened;

/** An address is this contact's from now on. The first claim wins; the stream is its arbiter. */
export type AddressClaimed = DomainEvent<
  'AddressClaimed',
  { readonly kind: AddressKind; readonly contactId: ContactId }
>;

export type IdentityEvent = AddressClaimed;

export const contactCatalogue: EventCatalogue<ContactEvent | IdentityEvent> = {
  ContactMet: event(),
  ContactAddressLearned: event('address'),
  ContactProfileNameChanged: event('profileName'),
  ContactThreadOpened: event(),
  AddressClaimed: event(),
};
