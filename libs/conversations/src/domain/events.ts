import type {
  ContactId,
  ConversationId,
  DomainEvent,
  Instant,
  JsonObject,
  MessageId,
  NumberId,
  Personal,
} from '#kernel';
import { event, typesOf, type EventCatalogue } from '#event-store';
import type { ClosingEvent } from './closing-events.js';
import type { MessageContent } from './content.js';
import type { Failure } from './failure.js';
import { mediaCatalogue, type MediaEvent } from './media/events.js';

export type Channel = 'WHATSAPP' | 'SMS' | 'PORTAL';
export type MessageKind = 'FREE_FORM' | 'TEMPLATE';
export type Receipt = 'SENT' | 'DELIVERED' | 'READ' | 'FAILED';

type InConversation = { readonly conversationId: ConversationId };
type OfMessage = InConversation & { readonly messageId: MessageId };
type OfAttempt = OfMessage & { readonly attempt: number };

/** The first episode of a thread began, or another one after the last had ended. */
export type ConversationStarted = DomainEvent<
  'ConversationStarted',
  InConversation & {
    readonly episode: number;
    readonly numberId: NumberId;
    readonly contactId: ContactId;
  }
>;

/** The episode is over: nothing more is asked for in it. What was asked for before still goes. */
export type ConversationEnded = DomainEvent<'ConversationEnded', InConversation>;

/**
 * The customer wrote. `at` and `sentAt` are the provider's time, clamped to our receipt;
 * `claimedAt` is the provider's time as it was given.
 */
export type CustomerMessageReceived = DomainEvent<
  'CustomerMessageReceived',
  OfMessage & {
    readonly channel: Channel;
    readonly fingerprint: string;
    readonly providerMessageId: Personal<string>;
    readonly content: Personal<MessageContent>;
    readonly quotedMessageId: MessageId | null;
    readonly sentAt: Instant;
    readonly claimedAt: Instant;
    readonly receivedAt: Instant;
    readonly opensWindow: boolean;
    /** When the window closes, this message counted; null if it has never been opened. */
    readonly windowClosesAt: Instant | null;
  }
>;

/**
 * The customer reacted to a message of either side, or took the reaction back (`emoji` null). The
 * newest of a message counts. `targetMessageId` is null when nobody knows the message.
 */
export type CustomerReactionReceived = DomainEvent<
  'CustomerReactionReceived',
  InConversation & {
    readonly targetMessageId: MessageId | null;
    readonly emoji: Personal<string | null>;
    readonly fingerprint: string;
    readonly sentAt: Instant;
    readonly claimedAt: Instant;
    readonly receivedAt: Instant;
    /** When the window closes, this reaction counted. */
    readonly windowClosesAt: Instant;
  }
>;

/** The customer called, or took a call of the business: it opens the window as a message does. */
export type CustomerCallReceived = DomainEvent<
  'CustomerCallReceived',
  InConversation & {
    readonly how: 'CALLED' | 'ANSWERED';
    readonly fingerprint: string;
    readonly sentAt: Instant;
    readonly claimedAt: Instant;
    readonly receivedAt: Instant;
    /** When the window closes, this call counted. */
    readonly windowClosesAt: Instant;
  }
>;

/** The customer changed the words of an earlier message. What it said before stays in the log. */
export type CustomerMessageEdited = DomainEvent<
  'CustomerMessageEdited',
  OfMessage & {
    readonly content: Personal<MessageContent>;
    readonly fingerprint: string;
    readonly sentAt: Instant;
    readonly receivedAt: Instant;
  }
>;

/** The customer took an earlier message back. What it said stays in the log, and is not shown. */
export type CustomerMessageRevoked = DomainEvent<
  'CustomerMessageRevoked',
  OfMessage & {
    readonly fingerprint: string;
    readonly sentAt: Instant;
    readonly receivedAt: Instant;
  }
>;

/** Somebody of the business wrote to the customer, not through us: from the provider's own app. */
export type BusinessMessageEchoed = DomainEvent<
  'BusinessMessageEchoed',
  OfMessage & {
    readonly fingerprint: string;
    readonly providerMessageId: Personal<string>;
    readonly content: Personal<MessageContent>;
    readonly quotedMessageId: MessageId | null;
    readonly insideWindow: boolean;
    readonly sentAt: Instant;
    readonly claimedAt: Instant;
    readonly receivedAt: Instant;
  }
>;

/** The window's 24 hours are over. News for others: no decision waits for it. */
export type WindowExpired = DomainEvent<
  'WindowExpired',
  InConversation & { readonly closedAt: Instant; readonly lastCustomerMessageAt: Instant }
>;

/** The provider refused a message because the window was closed, though we held it to be open. */
export type WindowRefusedByProvider = DomainEvent<
  'WindowRefusedByProvider',
  OfMessage & { readonly refusedMessageStartedAt: Instant; readonly providerCode: string }
>;

/** Somebody asked for a message to the customer. What became of it follows. */
export type MessageRequested = DomainEvent<
  'MessageRequested',
  OfMessage & {
    readonly channel: Channel;
    readonly kind: MessageKind;
    readonly content: Personal<MessageContent>;
    readonly quotedMessageId: MessageId | null;
    readonly author: MessageAuthor;
    readonly insideWindow: boolean;
    readonly requestKey: string;
    readonly requestDigest: string;
  }
>;

export type MessageAuthor = {
  readonly kind: 'staff' | 'ai' | 'embedded' | 'api' | 'system';
  readonly id: string;
};

/** A message that was asked for will not be sent: we refused it before any call. */
export type MessageFailed = DomainEvent<
  'MessageFailed',
  OfMessage & { readonly failure: Failure; readonly refusal: 'WINDOW_EXPIRED' | null }
>;

/** A message for the portal stands there: whoever opens the page reads it. */
export type MessagePosted = DomainEvent<'MessagePosted', OfMessage>;

/**
 * The window was closed: one SMS is to bring the customer back in place of the message `causedBy`.
 * `messageId` is the SMS's own, and the bridge's id.
 */
export type BridgeRequested = DomainEvent<
  'BridgeRequested',
  OfMessage & {
    readonly causedBy: MessageId;
    /** As the customer reads it, but for the portal code: that is masked, and kept nowhere. */
    readonly text: string;
  }
>;

/** The SMS provider took the bridge. The next one may be sent 24 hours after this. */
export type BridgeSmsSent = DomainEvent<
  'BridgeSmsSent',
  OfAttempt & {
    readonly causedBy: MessageId;
    /** The record's names are those of the spend reports that it goes into. */
    readonly notification_type: 'bridge';
    readonly ai_generated: false;
    readonly user_id: null;
    /** Null when the provider did not say. */
    readonly segments: number | null;
  }
>;

/** The bridge will not be sent, for certain: another may take its place at once. */
export type BridgeNotSent = DomainEvent<
  'BridgeNotSent',
  OfMessage & { readonly causedBy: MessageId; readonly failure: Failure }
>;

/** The customer opened the page behind a bridge: what is posted there is read there. */
export type PortalOpened = DomainEvent<'PortalOpened', OfMessage>;

/** A dispatcher means to call the provider; `dispatchId` is its own, and nobody else's. */
export type DispatchStarted = DomainEvent<
  'DispatchStarted',
  OfAttempt & { readonly dispatchId: string }
>;

/** The provider took the message; that it was sent is for its receipts to say. */
export type DispatchAccepted = DomainEvent<
  'DispatchAccepted',
  OfAttempt & {
    readonly fingerprint: string;
    readonly providerMessageId: Personal<string>;
    /** What an SMS is counted as; null for WhatsApp, and when the provider did not say. */
    readonly segments: number | null;
  }
>;

/** The provider said no, for good. */
export type DispatchRejected = DomainEvent<
  'DispatchRejected',
  OfAttempt & { readonly failure: Failure }
>;

/** The message was definitely not sent and is worth another try at `retryAt`. */
export type DispatchDeferred = DomainEvent<
  'DispatchDeferred',
  OfAttempt & { readonly retryAt: Instant; readonly failure: Failure }
>;

/** The time for another try of a deferred message has come. */
export type DispatchRetryDue = DomainEvent<'DispatchRetryDue', OfAttempt>;

/** Whether the provider has the message is not known: its answer was lost. */
export type DispatchOutcomeUnknown = DomainEvent<
  'DispatchOutcomeUnknown',
  OfAttempt & { readonly why: string }
>;

/** It is time to look for an SMS whose outcome is unknown in the provider's list. */
export type SmsLookupDue = DomainEvent<'SmsLookupDue', OfAttempt & { readonly lookup: number }>;

/** The provider's list was read whole, and an SMS whose outcome is unknown is not in it. */
export type SmsNotListed = DomainEvent<'SmsNotListed', OfAttempt & { readonly lookup: number }>;

/**
 * What had become of a message whose outcome was unknown was settled: by a person, with the key of
 * their request, or for an SMS by the provider's list.
 */
export type DispatchResolved = DomainEvent<
  'DispatchResolved',
  OfAttempt & {
    readonly outcome: 'ARRIVED' | 'SEND_AGAIN';
    readonly request: { readonly key: string; readonly digest: string } | null;
  }
>;

/** The provider told how far a message got. `at` is the provider's time. */
export type MessageReceiptReceived = DomainEvent<
  'MessageReceiptReceived',
  OfAttempt & {
    readonly receipt: Receipt;
    readonly fingerprint: string;
    readonly failure: Failure | null;
    readonly pricing: JsonObject | null;
  }
>;

/** A member has read what the customer wrote, up to this message. */
export type ConversationRead = DomainEvent<
  'ConversationRead',
  InConversation & {
    readonly upToMessageId: MessageId;
    readonly providerMessageId: Personal<string>;
  }
>;

export type ConversationEvent =
  | ConversationStarted
  | ConversationEnded
  | ClosingEvent
  | CustomerMessageReceived
  | CustomerReactionReceived
  | CustomerCallReceived
  | CustomerMessageEdited
  | CustomerMessageRevoked
  | BusinessMessageEchoed
  | WindowExpired
  | WindowRefusedByProvider
  | MessageRequested
  | MessageFailed
  | MessagePosted
  | BridgeRequested
  | BridgeSmsSent
  | BridgeNotSent
  | PortalOpened
  | DispatchStarted
  | DispatchAccepted
  | DispatchRejected
  | DispatchDeferred
  | DispatchRetryDue
  | DispatchOutcomeUnknown
  | SmsLookupDue
  | SmsNotListed
  | DispatchResolved
  | MessageReceiptReceived
  | MediaEvent
  | ConversationRead;

export const conversationCatalogue: EventCatalogue<ConversationEvent> = {
  ConversationStarted: event(),
  ConversationEnded: event(),
  ThreadClosed: event(),
  ThreadAbsorbed: event(),
  CustomerMessageReceived: event('providerMessageId', 'content'),
  CustomerReactionReceived: event('emoji'),
  CustomerCallReceived: event(),
  CustomerMessageEdited: event('content'),
  CustomerMessageRevoked: event(),
  BusinessMessageEchoed: event('providerMessageId', 'content'),
  WindowExpired: event(),
  WindowRefusedByProvider: event(),
  MessageRequested: event('content'),
  MessageFailed: event(),
  MessagePosted: event(),
  BridgeRequested: event(),
  BridgeSmsSent: event(),
  BridgeNotSent: event(),
  PortalOpened: event(),
  PortalShut: event(),
  DispatchStarted: event(),
  DispatchAccepted: event('providerMessageId'),
  DispatchRejected: event(),
  DispatchDeferred: event(),
  DispatchRetryDue: event(),
  DispatchOutcomeUnknown: event(),
  SmsLookupDue: event(),
  SmsNotListed: event(),
  DispatchResolved: event(),
  MessageReceiptReceived: event(),
  ...mediaCatalogue,
  ConversationRead: event('providerMessageId'),
};

export const conversationEventTypes = typesOf(conversationCatalogue);
