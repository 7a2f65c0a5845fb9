import type { ContactId, ConversationId, DomainEvent, Instant, MessageId, ThreadId } from '#kernel';

/**
 * The contact of this thread turned out to be another one, who has a thread of their own with the same
 * number: nothing more happens here. `conversationId` is the newest of its conversations; all of them
 * are the other contact's history from now on.
 */
export type ThreadClosed = DomainEvent<
  'ThreadClosed',
  {
    readonly conversationId: ConversationId;
    readonly contactId: ContactId;
    readonly threadId: ThreadId;
    /** How many conversations the thread has had. */
    readonly episodes: number;
    /** Whether one of them was going on, which goes on in the other thread. */
    readonly wasActive: boolean;
  }
>;

/** A closed thread was one with the same customer: what it knew of window and bridge counts here. */
export type ThreadAbsorbed = DomainEvent<
  'ThreadAbsorbed',
  {
    readonly conversationId: ConversationId;
    readonly threadId: ThreadId;
    readonly lastCustomerMessageAt: Instant | null;
    readonly refusedMessageStartedAt: Instant | null;
    /** When the window closes, the closed thread's counted; null if it has never been opened. */
    readonly windowClosesAt: Instant | null;
    readonly lastSeen: {
      readonly channel: 'WHATSAPP' | 'SMS' | 'PORTAL';
      readonly at: Instant;
    } | null;
    /** Until then the closed thread's bridge stands in the way of another. */
    readonly bridgeBlockedUntil: Instant | null;
  }
>;

/** The customer's number changed: the page behind the newest bridge is shut. */
export type PortalShut = DomainEvent<
  'PortalShut',
  { readonly conversationId: ConversationId; readonly messageId: MessageId }
>;

/** What becomes of threads when contacts merge, and when numbers change. */
export type ClosingEvent = ThreadClosed | ThreadAbsorbed | PortalShut;
