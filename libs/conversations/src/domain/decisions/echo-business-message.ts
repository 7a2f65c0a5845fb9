import { reject, epochMs, type MessageId } from '#kernel';
import type { MessageContent } from '../content.js';
import type { ConversationEvent } from '../events.js';
import type { Thread } from '../thread.js';
import { windowStatus } from '../window.js';
import type { Decision, Wish } from './decision.js';
import {
  currentEpisode,
  knownMessage,
  sentAtOf,
  type Between,
  type ToldByProvider,
} from './told-by-provider.js';

export type EchoBusinessMessage = Wish<
  'EchoBusinessMessage',
  Between &
    ToldByProvider & {
      readonly messageId: MessageId;
      readonly providerMessageId: string;
      readonly content: MessageContent;
      readonly quotedFingerprint: string | null;
    }
>;

/**
 * Keeps what somebody of the business wrote in the provider's own app. It opens no window, and is not
 * sent again; what we sent ourselves is not kept a second time.
 */
export const echoBusinessMessage = (thread: Thread, command: EchoBusinessMessage): Decision => {
  const { at, messageId, providerMessageId, content, fingerprint } = command;
  if (thread.accepted.has(fingerprint)) return [];
  if (thread.closed !== null) return reject('ThreadIsClosed');
  const { conversationId, begun } = currentEpisode(thread, command, at);
  const sentAt = sentAtOf(command);
  const echoed: ConversationEvent = {
    type: 'BusinessMessageEchoed',
    at: sentAt,
    data: {
      conversationId,
      messageId,
      fingerprint,
      providerMessageId,
      content,
      quotedMessageId: knownMessage(thread, command.quotedFingerprint)?.messageId ?? null,
      insideWindow: windowStatus(thread.window, epochMs(sentAt)) === 'OPEN',
      sentAt,
      claimedAt: command.claimedAt,
      receivedAt: command.receivedAt,
    },
  };
  return [...begun, echoed];
};
