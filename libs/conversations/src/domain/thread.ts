import { Map, Set } from 'immutable';
import {
  epochMs,
  unreachable,
  type ContactId,
  type ConversationId,
  type Instant,
  type MessageId,
  type NumberId,
  type Personal,
  type ThreadId,
} from '#kernel';
import { latest, type Bridge } from './bridge.js';
import { echoedDelivery, evolveDelivery, requestedDelivery, type Delivery } from './delivery.js';
import type { ConversationEvent, MessageRequested } from './events.js';
import type { Outbound, Seen } from './outbound.js';
import {
  bridgeNotSent,
  bridgeRequested,
  lastSeen,
  portalOpened,
  portalShut,
} from './thread-bridge.js';
import {
  customerWrote,
  neverOpened,
  providerRefused,
  type CustomerServiceWindow,
} from './window.js';

/** One episode of the thread. */
export type Episode = {
  readonly conversationId: ConversationId;
  readonly number: number;
  readonly lifecycle: 'ACTIVE' | 'ENDED';
};

/** A message of the customer. */
export type InboundMessage = {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
};

/** What an idempotency key stands for, for ever. */
export type Request = { readonly messageId: MessageId; readonly digest: string };

export type Closed = { readonly into: ThreadId; readonly wasActive: boolean };

/** Everything between one business number and one contact that a decision may rest on. */
export type Thread = {
  readonly numberId: NumberId | null;
  readonly contactId: ContactId | null;
  readonly episode: Episode | null;
  readonly window: CustomerServiceWindow;
  /** The newest bridge; null when there was none, or when it was not sent. */
  readonly bridge: Bridge | null;
  /** Where the customer wrote last, by their time, or opened the portal; reactions are neither. */
  readonly lastSeen: Seen | null;
  /** The closing instant whose expiry has been told. */
  readonly expiryToldForMs: number | null;
  /** Fingerprints of the provider's ids, both ways: de-duplication, quoting and receipts use them. */
  readonly inbound: Map<string, InboundMessage>;
  readonly accepted: Map<string, { readonly messageId: MessageId; readonly attempt: number }>;
  /** Fingerprints of what is no message: reactions, calls, edits and revocations. */
  readonly happened: Set<string>;
  readonly providerIds: Map<MessageId, Personal<string>>;
  readonly outbound: Map<MessageId, Outbound>;
  readonly requests: Map<string, Request>;
  /** Still to be sent, in the order asked for; the first of a channel holds up the others of it. */
  readonly waiting: readonly MessageId[];
  /** The newest message of each conversation that no member has read. */
  readonly unread: Map<ConversationId, MessageId>;
  /** Counts what a writer must have seen; receipts, marks, reactions, calls and timers do not count. */
  readonly writerRevision: number;
  /** The thread that this one goes on in, and whether a conversation did; null while it is open. */
  readonly closed: Closed | null;
  /** Threads that were closed into this one. */
  readonly absorbed: Set<ThreadId>;
  /** Until when (epoch ms) bridges of threads that were closed into this one stand in the way. */
  readonly bridgeBlockedUntilMs: number | null;
};

export const emptyThread: Thread = {
  numberId: null,
  contactId: null,
  episode: null,
  window: neverOpened,
  bridge: null,
  lastSeen: null,
  expiryToldForMs: null,
  inbound: Map(),
  accepted: Map(),
  happened: Set(),
  providerIds: Map(),
  outbound: Map(),
  requests: Map(),
  waiting: [],
  unread: Map(),
  writerRevision: 0,
  closed: null,
  absorbed: Set(),
  bridgeBlockedUntilMs: null,
};

export const evolve = (thread: Thread, event: ConversationEvent): Thread => {
  switch (event.type) {
    case 'ConversationStarted':
      return started(thread, event.data);
    case 'ConversationEnded':
      return {
        ...counted(thread),
        episode: thread.episode && { ...thread.episode, lifecycle: 'ENDED' },
      };
    case 'ThreadClosed':
      return threadClosed(thread, event.data);
    case 'ThreadAbsorbed':
      return threadAbsorbed(thread, event.data);
    case 'CustomerMessageReceived':
      return customerMessageReceived(thread, event.data);
    case 'CustomerReactionReceived':
    case 'CustomerCallReceived':
      return windowOpened(happened(thread, event.data), event.data.sentAt);
    case 'CustomerMessageEdited':
    case 'CustomerMessageRevoked':
      return counted(happened(thread, event.data));
    case 'BusinessMessageEchoed':
      return businessMessageEchoed(thread, event.data);
    case 'WindowExpired':
      return { ...thread, expiryToldForMs: epochMs(event.data.closedAt) };
    case 'WindowRefusedByProvider':
      return refused(thread, event.data.refusedMessageStartedAt);
    case 'MessageRequested':
      return messageRequested(thread, event);
    case 'BridgeRequested':
      return bridgeRequested(thread, event);
    case 'PortalOpened':
      return portalOpened(thread, event);
    case 'PortalShut':
      return portalShut(thread);
    case 'BridgeNotSent':
      return bridgeNotSent(deliveryMoved(thread, event), event.data);
    case 'ConversationRead':
      return { ...thread, unread: thread.unread.delete(event.data.conversationId) };
    case 'MessageFailed':
    case 'MessagePosted':
    case 'BridgeSmsSent':
    case 'DispatchStarted':
    case 'DispatchAccepted':
    case 'DispatchRejected':
    case 'DispatchDeferred':
    case 'DispatchRetryDue':
    case 'DispatchOutcomeUnknown':
    case 'SmsLookupDue':
    case 'SmsNotListed':
    case 'DispatchResolved':
    case 'MessageReceiptReceived':
      return deliveryMoved(thread, event);
    default:
      return unreachable(event);
  }
};

type Data<Type extends ConversationEvent['type']> = Extract<
  ConversationEvent,
  { readonly type: Type }
>['data'];
type DeliveryEvent = Extract<
  ConversationEvent,
  {
    readonly type:
      | 'MessageFailed'
      | 'MessagePosted'
      | 'BridgeSmsSent'
      | 'BridgeNotSent'
      | 'SmsLookupDue'
      | 'SmsNotListed'
      | 'MessageReceiptReceived'
      | `Dispatch${string}`;
  }
>;

const counted = (thread: Thread): Thread => ({
  ...thread,
  writerRevision: thread.writerRevision + 1,
});

const started = (thread: Thread, data: Data<'ConversationStarted'>): Thread => ({
  ...counted(thread),
  numberId: data.numberId,
  contactId: data.contactId,
  episode: { conversationId: data.conversationId, number: data.episode, lifecycle: 'ACTIVE' },
});

const threadClosed = (thread: Thread, data: Data<'ThreadClosed'>): Thread => ({
  ...thread,
  contactId: data.contactId,
  closed: { into: data.threadId, wasActive: data.wasActive },
});

const threadAbsorbed = (thread: Thread, data: Data<'ThreadAbsorbed'>): Thread => {
  const { lastCustomerMessageAt: wrote, refusedMessageStartedAt: refusedAt } = data;
  const opened = wrote ? customerWrote(thread.window, epochMs(wrote)) : thread.window;
  const untilMs = data.bridgeBlockedUntil && epochMs(data.bridgeBlockedUntil);
  return {
    ...thread,
    window: refusedAt ? providerRefused(opened, epochMs(refusedAt)) : opened,
    lastSeen: data.lastSeen ? lastSeen(thread, data.lastSeen) : thread.lastSeen,
    absorbed: thread.absorbed.add(data.threadId),
    bridgeBlockedUntilMs: latest(thread.bridgeBlockedUntilMs, untilMs),
  };
};

const customerMessageReceived = (
  thread: Thread,
  data: Data<'CustomerMessageReceived'>,
): Thread => ({
  ...counted(data.opensWindow ? windowOpened(thread, data.sentAt) : thread),
  lastSeen: lastSeen(thread, { channel: data.channel, at: data.sentAt }),
  inbound: thread.inbound.set(data.fingerprint, {
    messageId: data.messageId,
    conversationId: data.conversationId,
  }),
  providerIds: thread.providerIds.set(data.messageId, data.providerMessageId),
  unread: thread.unread.set(data.conversationId, data.messageId),
});

const windowOpened = (thread: Thread, sentAt: Instant): Thread => ({
  ...thread,
  window: customerWrote(thread.window, epochMs(sentAt)),
});

const happened = (thread: Thread, { fingerprint }: { readonly fingerprint: string }): Thread => ({
  ...thread,
  happened: thread.happened.add(fingerprint),
});

const businessMessageEchoed = (thread: Thread, data: Data<'BusinessMessageEchoed'>): Thread => ({
  ...counted(thread),
  accepted: thread.accepted.set(data.fingerprint, { messageId: data.messageId, attempt: 1 }),
  providerIds: thread.providerIds.set(data.messageId, data.providerMessageId),
  outbound: thread.outbound.set(data.messageId, {
    conversationId: data.conversationId,
    channel: 'WHATSAPP',
    kind: 'FREE_FORM',
    content: null,
    quotedMessageId: data.quotedMessageId,
    refusal: null,
    bridgeId: null,
    causedBy: null,
    delivery: echoedDelivery(data.sentAt),
  }),
});

const refused = (thread: Thread, startedAt: Instant): Thread => ({
  ...thread,
  window: providerRefused(thread.window, epochMs(startedAt)),
});

const messageRequested = (thread: Thread, { at, data }: MessageRequested): Thread => ({
  ...counted(thread),
  outbound: thread.outbound.set(data.messageId, {
    conversationId: data.conversationId,
    channel: data.channel,
    kind: data.kind,
    content: data.content,
    quotedMessageId: data.quotedMessageId,
    refusal: null,
    bridgeId: null,
    causedBy: null,
    delivery: requestedDelivery(at),
  }),
  requests: thread.requests.set(data.requestKey, {
    messageId: data.messageId,
    digest: data.requestDigest,
  }),
  waiting: [...thread.waiting, data.messageId],
});

const deliveryMoved = (thread: Thread, event: DeliveryEvent): Thread => {
  const message = thread.outbound.get(event.data.messageId);
  if (!message) return thread;
  const delivery = evolveDelivery(message.delivery, event);
  const moved: Outbound = {
    ...message,
    delivery,
    refusal: event.type === 'MessageFailed' ? event.data.refusal : message.refusal,
    content: isGone(delivery) ? null : message.content,
  };
  return learnedProviderId(
    {
      ...thread,
      requests: requestsAfter(thread.requests, event),
      outbound: thread.outbound.set(event.data.messageId, moved),
      waiting: queued(thread.waiting, event.data.messageId, delivery),
    },
    event,
  );
};

const requestsAfter = (requests: Thread['requests'], event: DeliveryEvent): Thread['requests'] => {
  if (event.type !== 'DispatchResolved') return requests;
  const { messageId, request } = event.data;
  return request ? requests.set(request.key, { messageId, digest: request.digest }) : requests;
};

/** Whether the words are no longer needed: nothing can have this message sent again. */
const isGone = ({ phase }: Delivery): boolean =>
  phase === 'ACCEPTED' || phase === 'REJECTED' || phase === 'ARRIVED';

/** A deferred message keeps its place: what was asked for later does not overtake it. */
const queued = (
  waiting: readonly MessageId[],
  messageId: MessageId,
  { phase }: Delivery,
): readonly MessageId[] => {
  const waits = phase === 'WAITING' || phase === 'DEFERRED' || phase === 'STARTED';
  if (waits) return waiting.includes(messageId) ? waiting : [...waiting, messageId];
  return waiting.filter((id) => id !== messageId);
};

const learnedProviderId = (thread: Thread, event: DeliveryEvent): Thread => {
  if (event.type !== 'DispatchAccepted' && event.type !== 'MessageReceiptReceived') return thread;
  const { messageId, attempt, fingerprint } = event.data;
  const accepted = thread.accepted.set(fingerprint, { messageId, attempt });
  if (event.type !== 'DispatchAccepted') return { ...thread, accepted };
  const providerIds = thread.providerIds.set(messageId, event.data.providerMessageId);
  return { ...thread, accepted, providerIds };
};
