import type { ContactId, DomainEvent, NumberId, Personal, ThreadId } from '#kernel';
import { event, typesOf, type EventCatalogue } from '#event-store';

/**
 * In the order in which they are asked: who has a BSUID is known by it, whatever the phone says. A
 * `phone` is E.164, with its plus: the number that carriers know, which SMS go to.
 */
export type AddressKind = 'bsuid' | 'wa_id' | 'phone';

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

/** The customer answered STOP, or the SMS provider told that they had: no SMS goes to them. */
export type SmsConsentWithdrawn = DomainEvent<
  'SmsConsentWithdrawn',
  { readonly source: 'STOP' | 'PROVIDER' }
>;

/** The customer answered START after a withdrawal: SMS may go to them again. */
export type SmsConsentGiven = DomainEvent<'SmsConsentGiven', { readonly source: 'START' }>;

/** The SMS provider told that no SMS can reach the contact's phone: landline, or no number at all. */
export type PhoneFoundUnusable = DomainEvent<'PhoneFoundUnusable', { readonly reason: string }>;

/** An SMS came from a phone that had been found unusable: it can be reached after all. */
export type PhoneFoundUsable = DomainEvent<'PhoneFoundUsable', Record<never, never>>;

/** What the contact answers to this SMS number (E.164) of the business belongs to this thread. */
export type SmsRouteSet = DomainEvent<
  'SmsRouteSet',
  { readonly smsNumber: string; readonly threadId: ThreadId }
>;

export type ContactEvent =
  | ContactMet
  | ContactAddressLearned
  | ContactProfileNameChanged
  | ContactThreadOpened
  | SmsConsentWithdrawn
  | SmsConsentGiven
  | PhoneFoundUnusable
  | PhoneFoundUsable
  | SmsRouteSet;

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
  SmsConsentWithdrawn: event(),
  SmsConsentGiven: event(),
  PhoneFoundUnusable: event(),
  PhoneFoundUsable: event(),
  SmsRouteSet: event(),
  AddressClaimed: event(),
};

export const contactEventTypes = typesOf(contactCatalogue);
