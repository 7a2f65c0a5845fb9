import type { Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';

export type ShutPortal = Wish<'ShutPortal', object>;

/** The customer's number is not theirs any more: the link that went there opens nothing from now on. */
export const shutPortal = ({ bridge, outbound }: Thread, { at }: ShutPortal): Decision => {
  const message = bridge && outbound.get(bridge.bridgeId);
  if (!message || bridge.isShut) return [];
  const { conversationId } = message;
  return [{ type: 'PortalShut', at, data: { conversationId, messageId: bridge.bridgeId } }];
};
