import type {
  ContactId,
  ConversationId,
  DomainEvent,
  Instant,
  OrganisationId,
  ThreadId,
} from '#kernel';
import { event, type EventCatalogue } from '#event-store';

/** The one thread that a code leads to, and whose customer comes with it. */
export type PortalThread = {
  readonly organisationId: OrganisationId;
  readonly threadId: ThreadId;
  /** The episode in which the bridge was sent. */
  readonly conversationId: ConversationId;
  readonly contactId: ContactId;
};

/** A bridge SMS is about to carry a code. The stream is named by a keyed hash of that code. */
export type PortalCodeIssued = DomainEvent<
  'PortalCodeIssued',
  PortalThread & {
    readonly bridgeId: string;
    readonly businessName: string;
    /** From this instant on the code opens nothing, and what it opened is shut. */
    readonly validUntil: Instant;
  }
>;

/** The customer pressed the button behind the link: the code is used, a session begins. */
export type PortalCodeRedeemed = DomainEvent<
  'PortalCodeRedeemed',
  PortalThread & {
    readonly bridgeId: string;
    /** SHA-256 of the session's token, hex. The token itself is known to the browser alone. */
    readonly sessionHash: string;
  }
>;

/** A newer code leads to the thread, or the customer's number changed: code and session end. */
export type PortalCodeSuperseded = DomainEvent<'PortalCodeSuperseded', Record<never, never>>;

export type PortalEvent = PortalCodeIssued | PortalCodeRedeemed | PortalCodeSuperseded;

export const portalCatalogue: EventCatalogue<PortalEvent> = {
  PortalCodeIssued: event(),
  PortalCodeRedeemed: event(),
  PortalCodeSuperseded: event(),
};
