import type { Instant, MessageId } from '#kernel';
import type { ConversationEvent } from '../events.js';
import type { Outbound } from '../outbound.js';

type Attempt = {
  readonly at: Instant;
  readonly messageId: MessageId;
  readonly attempt: number;
  readonly segments: number | null;
};

/** A bridge that is known for the first time to be the provider's; nothing of any other message. */
export const bridgeSent = (
  { conversationId, causedBy, delivery }: Outbound,
  { at, ...of }: Attempt,
): readonly ConversationEvent[] => {
  if (causedBy === null || delivery.acceptedAt !== null) return [];
  const record = { notification_type: 'bridge', ai_generated: false, user_id: null } as const;
  return [{ type: 'BridgeSmsSent', at, data: { conversationId, ...of, causedBy, ...record } }];
};
