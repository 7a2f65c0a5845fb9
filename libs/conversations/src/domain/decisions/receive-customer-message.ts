import {
  conversationId,
  epochMs,
  instant,
  type Instant,
  type MessageId,
  type ContactId,
  type NumberId,
  type ThreadId,
} from '#kernel';
import type { Channel, ConversationEvent } from '../events.js';
import type { Thread } from '../thread.js';
import { closesAtMs, customerWrote } from '../window.js';
import type { Decision, Wish } from './decision.js';
import type { MessageContent } from '../content.js';

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

/**
 * Keeps what the customer wrote, once, however often the provider delivers it. The provider's time
 * counts; one that lies after our receipt is clamped to it, and both are kept.
 */
export const receiveCustomerMessage = (
  thread: Thread,
  command: ReceiveCustomerMessage,
): Decision => {
  if (thread.inbound.has(command.fingerprint)) return [];
  const current = thread.episode?.lifecycle === 'ACTIVE' ? thread.episode : null;
  const episode = current?.number ?? (thread.episode?.number ?? 0) + 1;
  const conversation = current?.conversationId ?? conversationId(command.threadId, episode);
  const sentAt = instant(Math.min(epochMs(command.claimedAt), epochMs(command.receivedAt)));
  const started: ConversationEvent = {
    type: 'ConversationStarted',
    at: command.at,
    data: {
      conversationId: conversation,
      episode,
      numberId: command.numberId,
      contactId: command.contactId,
    },
  };
  const received: ConversationEvent = {
    type: 'CustomerMessageReceived',
    at: sentAt,
    data: {
      conversationId: conversation,
      messageId: command.messageId,
      channel: command.channel,
      fingerprint: command.fingerprint,
      providerMessageId: command.providerMessageId,
      content: command.content,
      quotedMessageId: quotedMessage(thread, command.quotedFingerprint),
      sentAt,
      claimedAt: command.claimedAt,
      receivedAt: command.receivedAt,
      opensWindow: command.opensWindow,
      windowClosesAt: windowClosesAt(thread, command.opensWindow ? sentAt : null),
    },
  };
  return current ? [received] : [started, received];
};

const quotedMessage = (thread: Thread, fingerprint: string | null): MessageId | null =>
  fingerprint === null
    ? null
    : (thread.inbound.get(fingerprint) ?? thread.accepted.get(fingerprint)?.messageId ?? null);

const windowClosesAt = (thread: Thread, sentAt: Instant | null): Instant | null => {
  const window = sentAt ? customerWrote(thread.window, epochMs(sentAt)) : thread.window;
  const closesMs = closesAtMs(window);
  return closesMs === null ? null : instant(closesMs);
};
