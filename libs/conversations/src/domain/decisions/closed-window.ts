import { epochMs, type Instant, type MessageId } from '#kernel';
import {
  bridgeBlocksUntilMs,
  bridgeObstacle,
  hasLapsed,
  latest,
  type BridgeObstacle,
  type BridgeTerms,
} from '../bridge.js';
import type { ConversationEvent } from '../events.js';
import { ownFailure, windowExpired, type ClosedWindowReason, type Failure } from '../failure.js';
import type { Outbound } from '../outbound.js';
import type { Thread } from '../thread.js';

/** A free-form message that a closed window keeps from being sent. */
export type Held = Pick<Outbound, 'conversationId'> & {
  readonly at: Instant;
  readonly messageId: MessageId;
  readonly terms: BridgeTerms;
};

export type ClosedWindow = {
  readonly failure: Failure;
  /** The bridge that is to go in its place, or nothing. */
  readonly bridge: readonly ConversationEvent[];
};

/**
 * What becomes of a free-form message in a closed window: it fails, and if the organisation wants it
 * so, and the customer can be reached, one SMS brings them back.
 */
export const closedWindow = (thread: Thread, held: Held): ClosedWindow => {
  const { terms, at } = held;
  // Whoever wants to go on goes on in the other thread, whose bridge it would be.
  if (thread.closed !== null) return { failure: windowExpired(), bridge: [] };
  if (terms.policy === 'REQUIRE_TEMPLATE') return { failure: windowExpired(), bridge: [] };
  const obstacle = bridgeObstacle(terms, blockedUntilMs(thread), epochMs(at));
  if (obstacle) return { failure: windowExpired(reasons[obstacle]), bridge: [] };
  return {
    failure: windowExpired('window_expired_bridge_sent'),
    bridge: [...bridgeLapsed(thread, at), bridgeRequested(held)],
  };
};

const reasons: { readonly [Obstacle in BridgeObstacle]: ClosedWindowReason } = {
  no_phone: 'window_expired_no_phone',
  sms_opted_out: 'window_expired_sms_opted_out',
  no_sms_number: 'window_expired_no_sms_number',
  name_needed: 'window_expired_bridge_failed',
  already_bridged: 'window_expired_bridge_deduplicated',
};

const bridgeRequested = ({ at, conversationId, messageId, terms }: Held): ConversationEvent => ({
  type: 'BridgeRequested',
  at,
  data: { conversationId, messageId: terms.bridgeId, causedBy: messageId, text: terms.text ?? '' },
});

/** Until when (epoch ms) the newest bridge stands in the way of another; null when there is none. */
export const blockedUntilMs = (thread: Thread): number | null => {
  const { bridge, outbound, bridgeBlockedUntilMs } = thread;
  const delivery = bridge && outbound.get(bridge.bridgeId)?.delivery;
  const own = bridge && delivery ? bridgeBlocksUntilMs(bridge, delivery) : null;
  return latest(own, bridgeBlockedUntilMs);
};

/** The newest bridge gives its place up if nobody has begun to send it in time. */
export const bridgeLapsed = (thread: Thread, at: Instant): readonly ConversationEvent[] => {
  const { bridge } = thread;
  const message = bridge && thread.outbound.get(bridge.bridgeId);
  if (!message || !hasLapsed(bridge, message.delivery, epochMs(at))) return [];
  return bridgeNotSent(message, { at, messageId: bridge.bridgeId, failure: lapsedBridge });
};

/** The end of a bridge that was certainly not sent; nothing of any other message. */
export const bridgeNotSent = (
  { conversationId, causedBy }: Outbound,
  { at, messageId, failure }: Pick<Held, 'at' | 'messageId'> & { readonly failure: Failure },
): readonly ConversationEvent[] =>
  causedBy === null
    ? []
    : [{ type: 'BridgeNotSent', at, data: { conversationId, messageId, causedBy, failure } }];

export const lapsedBridge = ownFailure(
  'bridge_lapsed',
  'The SMS could not be sent within 15 minutes.',
);
