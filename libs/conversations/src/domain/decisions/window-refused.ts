import { epochMs, type Instant, type MessageId } from '#kernel';
import type { ConversationEvent } from '../events.js';
import type { Failure } from '../failure.js';
import type { Outbound, Thread } from '../thread.js';

/** Meta's code for a free-form message outside the window (error codes, read 2026-11-20). */
const outsideWindowCode = '131047';

/**
 * The provider is the judge of the window: its refusal closes it, unless the customer has written
 * since the refused message was started.
 */
export const windowRefused = (
  thread: Thread,
  message: Outbound,
  refusal: { readonly at: Instant; readonly messageId: MessageId; readonly failure: Failure },
): readonly ConversationEvent[] => {
  const { at, messageId, failure } = refusal;
  const startedAt = message.delivery.startedAt;
  if (failure.providerCode !== outsideWindowCode || startedAt === null) return [];
  const startedAtMs = epochMs(startedAt);
  const { lastCustomerMessageAtMs, refusedAtMs } = thread.window;
  const wroteSince = (lastCustomerMessageAtMs ?? 0) > startedAtMs;
  if (wroteSince || (refusedAtMs ?? 0) >= startedAtMs) return [];
  const data = {
    conversationId: message.conversationId,
    messageId,
    refusedMessageStartedAt: startedAt,
    providerCode: failure.providerCode,
  };
  return [{ type: 'WindowRefusedByProvider', at, data }];
};
