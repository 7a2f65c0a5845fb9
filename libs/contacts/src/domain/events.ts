import type { ContactId, DomainEvent, NumberId, Personal, ThreadId } from '#kernel';
import { event, typesOf, type EventCatalogue } from '#event-store';

/**
 * In the order in which they are asked: who has a BSUID is known by it, whatever the phone says. A
 * `phone` is E.164, with its plus: the number that carriers know, which SMS go to.
 */
export type AddressKind = 'bsuid' | 'wa_id' | 'phone';

/** A customer wrote whom nobody had met before. */
export type ContactMet = DomainEvent<'ContactMet', { readonly contactId: ContactId }>;

/**
 * A contact can be reached at an address that was not known of them before; it takes the place of the
 * one of its kind that was. `at` is when the provider told so.
 */
export type ContactAddressLearned = DomainEvent<
  'ContactAddressLearned',
  {
    readonly kind: AddressKind;
    readonly address: Personal<string>;
    /** The business number at which it was told: a BSUID is good for the numbers of one business. */
    readonly numberId: NumberId;
  }
>;

/** An address of the contact is somebody else's now, or nobody's. `at` is when the provider told so. */
export type ContactAddressLost = DomainEvent<'ContactAddressLost', { readonly kind: AddressKind }>;

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

/**
 * No SMS goes to the contact: they answered STOP, the SMS provider told that they had, or the number
 * that the consent was for is theirs no more.
 */
export type SmsConsentWithdrawn = DomainEvent<
  'SmsConsentWithdrawn',
  { readonly source: 'STOP' | 'PROVIDER' | 'NUMBER_CHANGED' }
>;

/**
 * SMS may go to the contact again: they answered START after a withdrawal, or wrote an SMS from the
 * number that they have changed to.
 */
export type SmsConsentGiven = DomainEvent<
  'SmsConsentGiven',
  { readonly source: 'START' | 'WROTE_SMS' }
>;

/** The SMS provider told that no SMS can reach the contact's phone: landline, or no number at all. */
export type PhoneFoundUnusable = DomainEvent<'PhoneFoundUnusable', { readonly reason: string }>;

/** An SMS came from a phone that had been found unusable: it can be reached after all. */
export type PhoneFoundUsable = DomainEvent<'PhoneFoundUsable', Record<never, never>>;

/** What the contact answers to this SMS number (E.164) of the business belongs to this thread. */
export type SmsRouteSet = DomainEvent<
  'SmsRouteSet',
  { readonly smsNumber: string; readonly threadId: ThreadId }
>;

/** The provider told that this contact and another are one: what is said to it is said to that one. */
export type ContactAbsorbed = DomainEvent<
  'ContactAbsorbed',
  { readonly survivorContactId: ContactId }
>;

/** Another contact turned out to be this one. Its threads, listed here, are closed. */
export type ContactsMerged = DomainEvent<
  'ContactsMerged',
  {
    readonly absorbedContactId: ContactId;
    /** Those that had turned out to be the absorbed one before. */
    readonly earlierContactIds: readonly ContactId[];
    readonly threads: readonly { readonly numberId: NumberId; readonly threadId: ThreadId }[];
  }
>;

export type ContactEvent =
  | ContactMet
  | ContactAddressLearned
  | ContactAddressLost
  | ContactAbsorbed
  | ContactsMerged
  | ContactProfileNameChanged
  | ContactThreadOpened
  | SmsConsentWithdrawn
  | SmsConsentGiven
  | PhoneFoundUnusable
  | PhoneFoundUsable
  | SmsRouteSet;

/** An address is this contact's until it is released. The first claim wins; the stream is its arbiter. */
export type AddressClaimed = DomainEvent<
  'AddressClaimed',
  { readonly kind: AddressKind; readonly contactId: ContactId }
>;

/** The address is nobody's: whoever is met under it next is somebody new. */
export type AddressReleased = DomainEvent<
  'AddressReleased',
  { readonly kind: AddressKind; readonly contactId: ContactId }
>;

export type IdentityEvent = AddressClaimed | AddressReleased;

export const contactCatalogue: EventCatalogue<ContactEvent | IdentityEvent> = {
  ContactMet: event(),
  ContactAddressLearned: event('address'),
  ContactAddressLost: event(),
  ContactAbsorbed: event(),
  ContactsMerged: event(),
  ContactProfileNameChanged: event('profileName'),
  ContactThreadOpened: event(),
  SmsConsentWithdrawn: event(),
  SmsConsentGiven: event(),
  PhoneFoundUnusable: event(),
  PhoneFoundUsable: event(),
  SmsRouteSet: event(),
  AddressClaimed: event(),
  AddressReleased: event(),
};

export const contactEventTypes = typesOf(contactCatalogue);
