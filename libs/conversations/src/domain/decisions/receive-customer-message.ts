import { reject, type MessageId } from '#kernel';
import type { MessageContent } from '../content.js';
import type { Channel, ConversationEvent } from '../events.js';
import type { Thread } from '../thread.js';
import { closesAt, windowOpenedAt } from '../window.js';
import type { Decision, Wish } from './decision.js';
import {
  currentEpisode,
  knownMessage,
  sentAtOf,
  type Between,
  type ToldByProvider,
} from './told-by-provider.js';

export type ReceiveCustomerMessage = Wish<
  'ReceiveCustomerMessage',
  Between &
    ToldByProvider & {
      readonly messageId: MessageId;
      readonly channel: Channel;
      readonly providerMessageId: string;
      readonly content: MessageContent;
      readonly quotedFingerprint: string | null;
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
  const { fingerprint, claimedAt, receivedAt, opensWindow } = command;
  if (thread.inbound.has(fingerprint)) return [];
  if (thread.closed !== null) return reject('ThreadIsClosed');
  const { conversationId, begun } = currentEpisode(thread, command, command.at);
  const sentAt = sentAtOf(command);
  const received: ConversationEvent = {
    type: 'CustomerMessageReceived',
    at: sentAt,
    data: {
      conversationId,
      messageId: command.messageId,
      channel: command.channel,
      fingerprint,
      providerMessageId: command.providerMessageId,
      content: command.content,
      quotedMessageId: knownMessage(thread, command.quotedFingerprint)?.messageId ?? null,
      sentAt,
      claimedAt,
      receivedAt,
      opensWindow,
      windowClosesAt: opensWindow ? windowOpenedAt(thread.window, sentAt) : closesAt(thread.window),
    },
  };
  return [...begun, received];
};
