import { reject } from '#kernel';
import type { ConversationEvent } from '../events.js';
import type { Thread } from '../thread.js';
import { windowOpenedAt } from '../window.js';
import type { Decision, Wish } from './decision.js';
import {
  knownMessage,
  newestEpisode,
  sentAtOf,
  type Between,
  type ToldByProvider,
} from './told-by-provider.js';

export type ReceiveCustomerReaction = Wish<
  'ReceiveCustomerReaction',
  Between &
    ToldByProvider & {
      readonly targetFingerprint: string;
      /** Null takes back an earlier reaction. */
      readonly emoji: string | null;
    }
>;

/**
 * Keeps a reaction where the message is that it is of. It opens the window as a message does, but
 * begins no conversation of its own while there is one, be it over: there is nothing to answer.
 */
export const receiveCustomerReaction = (
  thread: Thread,
  command: ReceiveCustomerReaction,
): Decision => {
  const { at, fingerprint, emoji, claimedAt, receivedAt } = command;
  if (thread.happened.has(fingerprint)) return [];
  if (thread.closed !== null) return reject('ThreadIsClosed');
  const target = knownMessage(thread, command.targetFingerprint);
  const { conversationId, begun } = target
    ? { ...target, begun: [] }
    : newestEpisode(thread, command, at);
  const sentAt = sentAtOf(command);
  const received: ConversationEvent = {
    type: 'CustomerReactionReceived',
    at: sentAt,
    data: {
      conversationId,
      targetMessageId: target?.messageId ?? null,
      emoji,
      fingerprint,
      sentAt,
      claimedAt,
      receivedAt,
      windowClosesAt: windowOpenedAt(thread.window, sentAt),
    },
  };
  return [...begun, received];
};
