import type { Instant, MessageId } from '#kernel';
import type { Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';

export type RecordPortalVisit = Wish<
  'RecordPortalVisit',
  { readonly bridgeId: MessageId; readonly openedAt: Instant }
>;

/** The customer opened the page behind the newest bridge; of an older one it says nothing any more. */
export const recordPortalVisit = (
  { bridge, outbound }: Thread,
  { bridgeId, openedAt }: RecordPortalVisit,
): Decision => {
  const message = outbound.get(bridgeId);
  if (!message || bridge?.bridgeId !== bridgeId || bridge.openedAt !== null) return [];
  if (bridge.isShut) return [];
  const data = { conversationId: message.conversationId, messageId: bridgeId };
  return [{ type: 'PortalOpened', at: openedAt, data }];
};
