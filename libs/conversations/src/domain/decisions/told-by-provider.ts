import {
  conversationId,
  epochMs,
  instant,
  type ContactId,
  type ConversationId,
  type Instant,
  type MessageId,
  type NumberId,
  type ThreadId,
} from '#kernel';
import type { ConversationEvent } from '../events.js';
import type { Thread } from '../thread.js';

/** Between whom something happened: known before the thread is, so that it can begin. */
export type Between = {
  readonly threadId: ThreadId;
  readonly numberId: NumberId;
  readonly contactId: ContactId;
};

/** What the provider tells of something that happened in a thread, once for each fingerprint. */
export type ToldByProvider = {
  readonly fingerprint: string;
  /** The provider's time; it may lie in the future. */
  readonly claimedAt: Instant;
  /** When the webhook reached us. */
  readonly receivedAt: Instant;
};

/** The provider's time counts; one that lies after our receipt is clamped to it. */
export const sentAtOf = ({ claimedAt, receivedAt }: ToldByProvider): Instant =>
  instant(Math.min(epochMs(claimedAt), epochMs(receivedAt)));

type Episode = {
  readonly conversationId: ConversationId;
  /** The fact that it began, if it begins with this. */
  readonly begun: readonly ConversationEvent[];
};

/** The conversation that goes on, or the next one, which begins now. */
export const currentEpisode = (
  thread: Thread,
  { threadId, numberId, contactId }: Between,
  at: Instant,
): Episode => {
  if (thread.episode?.lifecycle === 'ACTIVE')
    return { conversationId: thread.episode.conversationId, begun: [] };
  const episode = (thread.episode?.number ?? 0) + 1;
  const id = conversationId(threadId, episode);
  const data = { conversationId: id, episode, numberId, contactId };
  return { conversationId: id, begun: [{ type: 'ConversationStarted', at, data }] };
};

/** For what says nothing new by itself: the newest conversation, over or not; none begins for it. */
export const newestEpisode = (thread: Thread, between: Between, at: Instant): Episode =>
  thread.episode
    ? { conversationId: thread.episode.conversationId, begun: [] }
    : currentEpisode(thread, between, at);

export type Known = { readonly messageId: MessageId; readonly conversationId: ConversationId };

/** The message of either side that a provider's id stands for. */
export const knownMessage = (thread: Thread, fingerprint: string | null): Known | null => {
  if (fingerprint === null) return null;
  const inbound = thread.inbound.get(fingerprint);
  if (inbound) return inbound;
  const messageId = thread.accepted.get(fingerprint)?.messageId;
  const outbound = messageId && thread.outbound.get(messageId);
  return messageId && outbound ? { messageId, conversationId: outbound.conversationId } : null;
};
