import { epochMs, type MessageId } from '#kernel';
import type { ConversationEvent } from '../events.js';
import { windowExpired } from '../failure.js';
import type { Outbound, Thread } from '../thread.js';
import { windowStatus } from '../window.js';
import type { Decision, Wish } from './decision.js';

export type StartNextDispatch = Wish<'StartNextDispatch', { readonly dispatchId: string }>;

/**
 * Hands the thread's next message to a dispatcher. A message that is in another's hands, or deferred,
 * holds up those behind it. What must not be stale when a byte leaves is asked again here: a message
 * whose window has closed since it was asked for fails, and the one behind it is next.
 */
export const startNextDispatch = (thread: Thread, command: StartNextDispatch): Decision => {
  const open = windowStatus(thread.window, epochMs(command.at)) === 'OPEN';
  const events: ConversationEvent[] = [];
  for (const messageId of thread.waiting) {
    const message = thread.outbound.get(messageId);
    if (!message || message.delivery.phase !== 'WAITING') break;
    if (open || message.kind === 'TEMPLATE') {
      events.push(dispatchStarted(messageId, message, command));
      break;
    }
    events.push(expiredMeanwhile(messageId, message, command));
  }
  return events;
};

const dispatchStarted = (
  messageId: MessageId,
  { conversationId, delivery }: Outbound,
  { at, dispatchId }: StartNextDispatch,
): ConversationEvent => ({
  type: 'DispatchStarted',
  at,
  data: { conversationId, messageId, attempt: delivery.attempt, dispatchId },
});

const expiredMeanwhile = (
  messageId: MessageId,
  { conversationId }: Outbound,
  { at }: StartNextDispatch,
): ConversationEvent => ({
  type: 'MessageFailed',
  at,
  data: { conversationId, messageId, failure: windowExpired(), refusal: null },
});
