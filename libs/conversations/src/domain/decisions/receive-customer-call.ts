import { reject } from '#kernel';
import type { ConversationEvent } from '../events.js';
import type { Thread } from '../thread.js';
import { windowOpenedAt } from '../window.js';
import type { Decision, Wish } from './decision.js';
import { newestEpisode, sentAtOf, type Between, type ToldByProvider } from './told-by-provider.js';

export type ReceiveCustomerCall = Wish<
  'ReceiveCustomerCall',
  Between & ToldByProvider & { readonly how: 'CALLED' | 'ANSWERED' }
>;

/** Keeps that the customer called, or took our call, once for each call: it opens the window. */
export const receiveCustomerCall = (thread: Thread, command: ReceiveCustomerCall): Decision => {
  const { at, fingerprint, how, claimedAt, receivedAt } = command;
  if (thread.happened.has(fingerprint)) return [];
  if (thread.closed !== null) return reject('ThreadIsClosed');
  const { conversationId, begun } = newestEpisode(thread, command, at);
  const sentAt = sentAtOf(command);
  const windowClosesAt = windowOpenedAt(thread.window, sentAt);
  const received: ConversationEvent = {
    type: 'CustomerCallReceived',
    at: sentAt,
    data: { conversationId, how, fingerprint, sentAt, claimedAt, receivedAt, windowClosesAt },
  };
  return [...begun, received];
};
