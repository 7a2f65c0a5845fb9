import type { Map } from 'immutable';
import { epochMs, type MessageId } from '#kernel';
import type { Bridge } from './bridge.js';
import { bridgeFailed, requestedDelivery } from './delivery.js';
import type { BridgeNotSent, BridgeRequested, PortalOpened } from './events.js';
import type { Outbound, Seen } from './outbound.js';

// What the facts of a bridge, and of the page behind it, make of a thread.

type Bridged = {
  readonly bridge: Bridge | null;
  readonly lastSeen: Seen | null;
  readonly outbound: Map<MessageId, Outbound>;
  readonly waiting: readonly MessageId[];
};

export const bridgeRequested = <Thread extends Bridged>(
  thread: Thread,
  { at, data }: BridgeRequested,
): Thread => {
  const { messageId: bridgeId, causedBy, conversationId, text } = data;
  const cause = thread.outbound.get(causedBy);
  const outbound = cause ? thread.outbound.set(causedBy, { ...cause, bridgeId }) : thread.outbound;
  return {
    ...thread,
    bridge: { bridgeId, requestedAt: at, openedAt: null, isShut: false },
    outbound: outbound.set(bridgeId, {
      conversationId,
      channel: 'SMS',
      kind: 'FREE_FORM',
      content: { kind: 'text', text, extras: {} },
      quotedMessageId: null,
      refusal: null,
      bridgeId: null,
      causedBy,
      delivery: requestedDelivery(at),
    }),
    waiting: [...thread.waiting, bridgeId],
  };
};

/**
 * The message in whose place it was to go is told so. Its own place is free, unless it was to be sent
 * again: then an earlier attempt may have gone out.
 */
export const bridgeNotSent = <Thread extends Bridged>(
  thread: Thread,
  { messageId, causedBy }: BridgeNotSent['data'],
): Thread => {
  const cause = thread.outbound.get(causedBy);
  const mayHaveLeft = thread.outbound.get(messageId)?.delivery.isResent === true;
  const isFree = thread.bridge?.bridgeId === messageId && !mayHaveLeft;
  return {
    ...thread,
    bridge: isFree ? null : thread.bridge,
    outbound: cause
      ? thread.outbound.set(causedBy, { ...cause, delivery: bridgeFailed(cause.delivery) })
      : thread.outbound,
  };
};

export const portalOpened = <Thread extends Bridged>(
  thread: Thread,
  { at }: PortalOpened,
): Thread => ({
  ...thread,
  bridge: thread.bridge && { ...thread.bridge, openedAt: at },
  lastSeen: lastSeen(thread, { channel: 'PORTAL', at }),
});

/** The link is dead: nobody reads the page any more, and nobody can open it again. */
export const portalShut = <Thread extends Bridged>(thread: Thread): Thread => ({
  ...thread,
  bridge: thread.bridge && { ...thread.bridge, openedAt: null, isShut: true },
});

/** Where the customer was last, by their own time: what arrives late does not count. */
export const lastSeen = ({ lastSeen: known }: Pick<Bridged, 'lastSeen'>, seen: Seen): Seen =>
  known && epochMs(known.at) > epochMs(seen.at) ? known : seen;
