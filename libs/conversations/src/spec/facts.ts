import { conversationId, epochMs, instant, messageId, type Instant, type MessageId } from '#kernel';
import type { PortalShut, ThreadAbsorbed, ThreadClosed } from '../domain/closing-events.js';
import type {
  BusinessMessageEchoed,
  BridgeNotSent,
  BridgeRequested,
  BridgeSmsSent,
  ConversationEnded,
  ConversationRead,
  ConversationStarted,
  CustomerCallReceived,
  CustomerMessageEdited,
  CustomerMessageReceived,
  CustomerMessageRevoked,
  CustomerReactionReceived,
  MessageFailed,
  MessagePosted,
  MessageRequested,
  PortalOpened,
  WindowExpired,
  WindowRefusedByProvider,
} from '../domain/events.js';
import { windowExpired, type Failure } from '../domain/failure.js';
import { windowDurationMs } from '../domain/window.js';
import {
  bridgeId,
  bridgeSms,
  dan,
  daniel,
  dansThread,
  filled,
  first,
  noon,
  number,
  reply,
  thread,
} from './people.js';

export const started = (at: Instant = noon, episode = 1): ConversationStarted => ({
  type: 'ConversationStarted',
  at,
  data: {
    conversationId: conversationId(thread, episode),
    episode,
    numberId: number,
    contactId: daniel,
  },
});

export const ended = (at: Instant, episode = 1): ConversationEnded => ({
  type: 'ConversationEnded',
  at,
  data: { conversationId: conversationId(thread, episode) },
});

/** The customer wrote at `at`; everything else follows from `name` unless it is said. */
export const wrote = (
  at: Instant = noon,
  name = 'hello',
  told: Partial<CustomerMessageReceived['data']> = {},
): CustomerMessageReceived => ({
  type: 'CustomerMessageReceived',
  at,
  data: {
    conversationId: first,
    messageId: messageId(name),
    channel: 'WHATSAPP',
    fingerprint: `print-${name}`,
    providerMessageId: `wamid.${name}`,
    content: { kind: 'text', text: name, extras: {} },
    quotedMessageId: null,
    sentAt: at,
    claimedAt: at,
    receivedAt: at,
    opensWindow: true,
    windowClosesAt: instant(epochMs(at) + windowDurationMs),
    ...told,
  },
});

/** The customer reacted to `target` at `at`. */
export const reacted = (
  at: Instant,
  target: string | null = 'hello',
  told: Partial<CustomerReactionReceived['data']> = {},
): CustomerReactionReceived => ({
  type: 'CustomerReactionReceived',
  at,
  data: {
    conversationId: first,
    targetMessageId: target === null ? null : messageId(target),
    emoji: '👍',
    fingerprint: 'print-reaction',
    sentAt: at,
    claimedAt: at,
    receivedAt: at,
    windowClosesAt: instant(epochMs(at) + windowDurationMs),
    ...told,
  },
});

export const called = (
  at: Instant,
  told: Partial<CustomerCallReceived['data']> = {},
): CustomerCallReceived => ({
  type: 'CustomerCallReceived',
  at,
  data: {
    conversationId: first,
    how: 'CALLED',
    fingerprint: 'print-call',
    sentAt: at,
    claimedAt: at,
    receivedAt: at,
    windowClosesAt: instant(epochMs(at) + windowDurationMs),
    ...told,
  },
});

/** The customer made `name` say `text`. */
export const edited = (at: Instant, text: string, name = 'hello'): CustomerMessageEdited => ({
  type: 'CustomerMessageEdited',
  at,
  data: {
    conversationId: first,
    messageId: messageId(name),
    content: { kind: 'text', text, extras: {} },
    fingerprint: `print-edit-${text}`,
    sentAt: at,
    receivedAt: at,
  },
});

export const revoked = (at: Instant, name = 'hello'): CustomerMessageRevoked => ({
  type: 'CustomerMessageRevoked',
  at,
  data: {
    conversationId: first,
    messageId: messageId(name),
    fingerprint: `print-revoke-${name}`,
    sentAt: at,
    receivedAt: at,
  },
});

/** Somebody wrote `name` in the WhatsApp Business app. */
export const echoed = (
  at: Instant,
  name = 'echo',
  told: Partial<BusinessMessageEchoed['data']> = {},
): BusinessMessageEchoed => ({
  type: 'BusinessMessageEchoed',
  at,
  data: {
    conversationId: first,
    messageId: messageId(name),
    fingerprint: `print-${name}`,
    providerMessageId: `wamid.${name}`,
    content: { kind: 'text', text: name, extras: {} },
    quotedMessageId: null,
    insideWindow: true,
    sentAt: at,
    claimedAt: at,
    receivedAt: at,
    ...told,
  },
});

/** A thread whose customer wrote at `at`. */
export const open = (at: Instant = noon) => [started(at), wrote(at)] as const;

export const requested = (
  at: Instant,
  name: MessageId = reply,
  told: Partial<MessageRequested['data']> = {},
): MessageRequested => ({
  type: 'MessageRequested',
  at,
  data: {
    conversationId: first,
    messageId: name,
    channel: 'WHATSAPP',
    kind: 'FREE_FORM',
    content: { kind: 'text', text: name, extras: {} },
    quotedMessageId: null,
    author: { kind: 'staff', id: 'ann' },
    insideWindow: true,
    requestKey: `key-${name}`,
    requestDigest: `digest-${name}`,
    ...told,
  },
});

/** A template that was asked for: the reminder, filled in for Daniel. */
export const templateRequested = (
  at: Instant,
  name: MessageId = reply,
  told: Partial<MessageRequested['data']> = {},
): MessageRequested =>
  requested(at, name, {
    kind: 'TEMPLATE',
    content: { kind: 'template', ...filled, extras: {} },
    ...told,
  });

export const failed = (
  at: Instant,
  name: MessageId = reply,
  refusal: MessageFailed['data']['refusal'] = 'WINDOW_EXPIRED',
  failure: Failure = windowExpired(),
): MessageFailed => ({
  type: 'MessageFailed',
  at,
  data: { conversationId: first, messageId: name, failure, refusal },
});

export const posted = (at: Instant, name: MessageId = reply): MessagePosted => ({
  type: 'MessagePosted',
  at,
  data: { conversationId: first, messageId: name },
});

export const bridgeRequested = (
  at: Instant,
  bridge: MessageId = bridgeId,
  causedBy: MessageId = reply,
): BridgeRequested => ({
  type: 'BridgeRequested',
  at,
  data: { conversationId: first, messageId: bridge, causedBy, text: bridgeSms },
});

export const bridgeSent = (
  at: Instant,
  told: Partial<BridgeSmsSent['data']> = {},
): BridgeSmsSent => ({
  type: 'BridgeSmsSent',
  at,
  data: {
    conversationId: first,
    messageId: bridgeId,
    attempt: 1,
    causedBy: reply,
    notification_type: 'bridge',
    ai_generated: false,
    user_id: null,
    segments: null,
    ...told,
  },
});

export const portalOpened = (at: Instant, bridge: MessageId = bridgeId): PortalOpened => ({
  type: 'PortalOpened',
  at,
  data: { conversationId: first, messageId: bridge },
});

export const portalShut = (at: Instant, bridge: MessageId = bridgeId): PortalShut => ({
  type: 'PortalShut',
  at,
  data: { conversationId: first, messageId: bridge },
});

/** The thread of somebody who turned out to be Dan was closed. */
export const closed = (at: Instant, told: Partial<ThreadClosed['data']> = {}): ThreadClosed => ({
  type: 'ThreadClosed',
  at,
  data: {
    conversationId: first,
    contactId: dan,
    threadId: dansThread,
    episodes: 1,
    wasActive: true,
    ...told,
  },
});

/** A thread with somebody who turned out to be Daniel was closed into his. */
export const absorbed = (
  at: Instant,
  told: Partial<ThreadAbsorbed['data']> = {},
): ThreadAbsorbed => ({
  type: 'ThreadAbsorbed',
  at,
  data: {
    conversationId: first,
    threadId: dansThread,
    lastCustomerMessageAt: null,
    refusedMessageStartedAt: null,
    windowClosesAt: null,
    lastSeen: null,
    bridgeBlockedUntil: null,
    ...told,
  },
});

export const bridgeNotSent = (at: Instant, failure: Failure): BridgeNotSent => ({
  type: 'BridgeNotSent',
  at,
  data: { conversationId: first, messageId: bridgeId, causedBy: reply, failure },
});

export const windowOver = (lastCustomerMessageAt: Instant): WindowExpired => {
  const closedAt = instant(epochMs(lastCustomerMessageAt) + windowDurationMs);
  return {
    type: 'WindowExpired',
    at: closedAt,
    data: { conversationId: first, closedAt, lastCustomerMessageAt },
  };
};

export const windowRefused = (
  at: Instant,
  refusedMessageStartedAt: Instant,
  name: MessageId = reply,
): WindowRefusedByProvider => ({
  type: 'WindowRefusedByProvider',
  at,
  data: { conversationId: first, messageId: name, refusedMessageStartedAt, providerCode: '131047' },
});

export const read = (at: Instant, name = 'hello', episode = 1): ConversationRead => ({
  type: 'ConversationRead',
  at,
  data: {
    conversationId: conversationId(thread, episode),
    upToMessageId: messageId(name),
    providerMessageId: `wamid.${name}`,
  },
});
