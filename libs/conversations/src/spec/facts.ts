import { conversationId, epochMs, instant, messageId, type Instant, type MessageId } from '#kernel';
import type {
  ConversationEnded,
  ConversationRead,
  ConversationStarted,
  CustomerMessageReceived,
  MessageFailed,
  MessageRequested,
  WindowExpired,
  WindowRefusedByProvider,
} from '../domain/events.js';
import { windowExpired } from '../domain/failure.js';
import { windowDurationMs } from '../domain/window.js';
import { daniel, first, noon, number, reply, thread } from './people.js';

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

export const failed = (
  at: Instant,
  name: MessageId = reply,
  refusal: MessageFailed['data']['refusal'] = 'WINDOW_EXPIRED',
): MessageFailed => ({
  type: 'MessageFailed',
  at,
  data: { conversationId: first, messageId: name, failure: windowExpired(), refusal },
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
