import type {
  ContactId,
  ConversationId,
  Instant,
  JsonObject,
  MessageId,
  NumberId,
  Rejection,
  ThreadId,
} from '#kernel';
import type { MessageContent } from './content.js';
import type { Channel, MessageAuthor, MessageKind, Receipt } from './events.js';
import type { Failure } from './failure.js';

/** `at` is the domain clock when the command was made. */
type Wish<Type extends string, Fields extends object> = {
  readonly type: Type;
  readonly at: Instant;
} & Fields;

export type ReceiveCustomerMessage = Wish<
  'ReceiveCustomerMessage',
  {
    readonly threadId: ThreadId;
    readonly numberId: NumberId;
    readonly contactId: ContactId;
    readonly messageId: MessageId;
    readonly channel: Channel;
    readonly fingerprint: string;
    readonly providerMessageId: string;
    readonly content: MessageContent;
    readonly quotedFingerprint: string | null;
    /** The provider's time; it may lie in the future. */
    readonly claimedAt: Instant;
    /** When the webhook reached us. */
    readonly receivedAt: Instant;
    readonly opensWindow: boolean;
  }
>;

export type RequestMessage = Wish<
  'RequestMessage',
  {
    readonly conversationId: ConversationId;
    readonly messageId: MessageId;
    readonly channel: Channel;
    readonly kind: MessageKind;
    readonly content: MessageContent;
    readonly quotedMessageId: MessageId | null;
    readonly author: MessageAuthor;
    readonly requestKey: string;
    readonly requestDigest: string;
    readonly expectedRevision: number | null;
  }
>;

export type StartNextDispatch = Wish<'StartNextDispatch', { readonly dispatchId: string }>;

export type DispatchOutcome =
  | {
      readonly kind: 'accepted';
      readonly fingerprint: string;
      readonly providerMessageId: string;
    }
  | { readonly kind: 'rejected'; readonly failure: Failure }
  | { readonly kind: 'deferred'; readonly failure: Failure; readonly retryAt: Instant }
  | { readonly kind: 'unknown'; readonly why: string };

export type RecordDispatchOutcome = Wish<
  'RecordDispatchOutcome',
  {
    readonly messageId: MessageId;
    readonly attempt: number;
    readonly outcome: DispatchOutcome;
  }
>;

export type RetryDispatch = Wish<
  'RetryDispatch',
  { readonly messageId: MessageId; readonly attempt: number }
>;

/** A dispatch has had no outcome for the reconcile time: whoever began it is gone. */
export type GiveUpDispatch = Wish<
  'GiveUpDispatch',
  { readonly messageId: MessageId; readonly attempt: number }
>;

export type RecordReceipt = Wish<
  'RecordReceipt',
  {
    /** Our own words in the receipt, if it carries them; else the message is found by fingerprint. */
    readonly attempt: { readonly messageId: MessageId; readonly number: number } | null;
    readonly fingerprint: string;
    readonly receipt: Receipt;
    readonly receiptAt: Instant;
    readonly failure: Failure | null;
    readonly pricing: JsonObject | null;
  }
>;

export type ResolveUnconfirmed = Wish<
  'ResolveUnconfirmed',
  {
    readonly messageId: MessageId;
    readonly outcome: 'ARRIVED' | 'SEND_AGAIN';
    readonly requestKey: string;
    readonly requestDigest: string;
  }
>;

export type ExpireWindow = Wish<'ExpireWindow', { readonly closesAt: Instant }>;

export type MarkRead = Wish<'MarkRead', { readonly conversationId: ConversationId }>;

export type EndConversation = Wish<
  'EndConversation',
  { readonly conversationId: ConversationId; readonly expectedRevision: number | null }
>;

export type ConversationCommand =
  | ReceiveCustomerMessage
  | RequestMessage
  | StartNextDispatch
  | RecordDispatchOutcome
  | RetryDispatch
  | GiveUpDispatch
  | RecordReceipt
  | ResolveUnconfirmed
  | ExpireWindow
  | MarkRead
  | EndConversation;

export type ConversationRejection =
  | Rejection<'ConversationUnknown'>
  | Rejection<'ConversationHasEnded', { readonly currentConversationId: ConversationId | null }>
  | Rejection<'ConversationMovedOn', { readonly revision: number }>
  | Rejection<'IdempotencyKeyUsedOtherwise'>
  | Rejection<'MessageUnknown'>
  | Rejection<'MessageNotUnconfirmed'>;
