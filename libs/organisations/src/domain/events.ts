import type { DomainEvent, MemberId, NumberId, OrganisationId, Personal } from '#kernel';
import { event, typesOf, type EventCatalogue } from '#event-store';

export type MemberKind = 'staff' | 'ai' | 'embedded' | 'api';

/** A business begins to use Casement. */
export type OrganisationFounded = DomainEvent<'OrganisationFounded', { readonly name: string }>;

/** A WhatsApp business number now belongs to the organisation and can send and receive. */
export type NumberConnected = DomainEvent<
  'NumberConnected',
  {
    readonly numberId: NumberId;
    readonly phoneNumberId: string;
    readonly businessAccountId: string;
    readonly displayPhoneNumber: string;
  }
>;

/** A person, an agent or a client may now act for the organisation, with these capabilities. */
export type MemberAdded = DomainEvent<
  'MemberAdded',
  {
    readonly memberId: MemberId;
    readonly kind: MemberKind;
    readonly name: Personal<string>;
    readonly capabilities: readonly string[];
  }
>;

/** What a member may do has been replaced by another list. */
export type MemberCapabilitiesChanged = DomainEvent<
  'MemberCapabilitiesChanged',
  { readonly memberId: MemberId; readonly capabilities: readonly string[] }
>;

/** What becomes of a free-form message outside the window: refused, or a bridge SMS beside it. */
export type ExpiredWindowPolicy = 'REQUIRE_TEMPLATE' | 'BRIDGE_SMS';

/** An SMS number (E.164) speaks for a business number from now on; one may speak for several. */
export type SmsNumberConnected = DomainEvent<
  'SmsNumberConnected',
  { readonly smsNumber: string; readonly numberId: NumberId }
>;

/** The business said what becomes of free-form messages outside the window. */
export type ExpiredWindowPolicyChosen = DomainEvent<
  'ExpiredWindowPolicyChosen',
  { readonly policy: ExpiredWindowPolicy }
>;

/** The business said what it is called in SMS; null: as it is called everywhere. */
export type SmsNameChosen = DomainEvent<'SmsNameChosen', { readonly smsName: string | null }>;

export type OrganisationEvent =
  | OrganisationFounded
  | NumberConnected
  | MemberAdded
  | MemberCapabilitiesChanged
  | SmsNumberConnected
  | ExpiredWindowPolicyChosen
  | SmsNameChosen;

/**
 * A provider's address (a phone_number_id, an SMS number) leads to this organisation and number from
 * now on.
 */
export type AddressAssigned = DomainEvent<
  'AddressAssigned',
  { readonly organisationId: OrganisationId; readonly numberId: NumberId }
>;

export type AddressEvent = AddressAssigned;

export const organisationCatalogue: EventCatalogue<OrganisationEvent | AddressEvent> = {
  OrganisationFounded: event(),
  NumberConnected: event(),
  MemberAdded: event('name'),
  MemberCapabilitiesChanged: event(),
  SmsNumberConnected: event(),
  ExpiredWindowPolicyChosen: event(),
  SmsNameChosen: event(),
  AddressAssigned: event(),
};

export const organisationEventTypes = typesOf(organisationCatalogue);
