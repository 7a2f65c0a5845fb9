import type { DomainEvent, MemberId, NumberId, OrganisationId, Personal } from '#kernel';
import { event, type EventCatalogue } from '#event-store';

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

export type OrganisationEvent =
  OrganisationFounded | NumberConnected | MemberAdded | MemberCapabilitiesChanged;

/** A provider's address (a phone_number_id) leads to this organisation and number from now on. */
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
  AddressAssigned: event(),
};
