import {
  conversationId,
  instant,
  type ContactId,
  type Instant,
  type MessageId,
  type ThreadId,
} from '#kernel';
import type { ConversationEvent } from '../events.js';
import { ownFailure } from '../failure.js';
import type { Thread } from '../thread.js';
import { closesAt, windowOpenedAt } from '../window.js';
import { blockedUntilMs, bridgeNotSent } from './closed-window.js';
import type { Decision, Wish } from './decision.js';
import { currentEpisode, newestEpisode, type Between } from './told-by-provider.js';

export type CloseThread = Wish<
  'CloseThread',
  {
    readonly threadId: ThreadId;
    /** Whose thread it is from now on, and which of theirs it goes on in. */
    readonly into: { readonly contactId: ContactId; readonly threadId: ThreadId };
  }
>;

/** What a closed thread hands on. */
export type Handed = Pick<
  Extract<ConversationEvent, { readonly type: 'ThreadAbsorbed' }>['data'],
  | 'threadId'
  | 'lastCustomerMessageAt'
  | 'refusedMessageStartedAt'
  | 'lastSeen'
  | 'bridgeBlockedUntil'
>;

export type AbsorbThread = Wish<
  'AbsorbThread',
  Between & {
    readonly handed: Handed;
    /** Whether a conversation was going on in the closed thread. */
    readonly wasActive: boolean;
  }
>;

/**
 * The thread's contact is another one: its conversation ends, and what has not been sent fails. What is
 * on its way still gets its outcome and its receipts here.
 */
export const closeThread = (thread: Thread, { at, threadId, into }: CloseThread): Decision => {
  if (thread.closed?.into === into.threadId && thread.contactId === into.contactId) return [];
  const wasActive = thread.episode?.lifecycle === 'ACTIVE';
  const newest = thread.episode?.conversationId ?? conversationId(threadId, 1);
  const ended: readonly ConversationEvent[] = wasActive
    ? [{ type: 'ConversationEnded', at, data: { conversationId: newest } }]
    : [];
  const episodes = thread.episode?.number ?? 0;
  return [
    ...thread.waiting.flatMap((id) => failedByClosing(thread, id, at)),
    ...ended,
    { type: 'ThreadClosed', at, data: { conversationId: newest, episodes, wasActive, ...into } },
  ];
};

/** What has not been started fails, and says where to send it instead. */
export const failedByClosing = (
  thread: Thread,
  messageId: MessageId,
  at: Instant,
): readonly ConversationEvent[] => {
  const message = thread.outbound.get(messageId);
  if (!message || message.delivery.phase === 'STARTED') return [];
  if (message.causedBy !== null) return bridgeNotSent(message, { at, messageId, failure: merged });
  const { conversationId: id } = message;
  const data = { conversationId: id, messageId, failure: merged, refusal: null };
  return [{ type: 'MessageFailed', at, data }];
};

const merged = {
  ...ownFailure(
    'contacts_merged',
    'This customer turned out to be another contact. Send it in that contact’s conversation.',
  ),
  retryable: true,
};

/** What a thread hands on when it is closed. */
export const handedOn = (thread: Thread, threadId: ThreadId): Handed => {
  const { lastCustomerMessageAtMs: wroteMs, refusedAtMs } = thread.window;
  const untilMs = blockedUntilMs(thread);
  return {
    threadId,
    lastCustomerMessageAt: wroteMs === null ? null : instant(wroteMs),
    refusedMessageStartedAt: refusedAtMs === null ? null : instant(refusedAtMs),
    lastSeen: thread.lastSeen,
    bridgeBlockedUntil: untilMs === null ? null : instant(untilMs),
  };
};

/** Takes over, once, what a closed thread with the same customer knew. A conversation goes on here. */
export const absorbThread = (thread: Thread, command: AbsorbThread): Decision => {
  const { at, handed, wasActive } = command;
  if (thread.absorbed.has(handed.threadId)) return [];
  const begin = wasActive ? currentEpisode : newestEpisode;
  const { conversationId: id, begun } = begin(thread, command, at);
  const { lastCustomerMessageAt: wrote } = handed;
  const windowClosesAt = wrote ? windowOpenedAt(thread.window, wrote) : closesAt(thread.window);
  return [
    ...begun,
    { type: 'ThreadAbsorbed', at, data: { conversationId: id, ...handed, windowClosesAt } },
  ];
};
