import { epochMs, instant, type Deadlines } from '#kernel';
import { bridgeLapsesAfterMs } from '../domain/bridge.js';
import type { LapseBridge } from '../domain/decisions/lapse-bridge.js';
import type { BridgeNotSent, BridgeRequested, BridgeSmsSent } from '../domain/events.js';
import { toConversation, type ToConversation } from './addressed.js';

type Followed = BridgeRequested | BridgeSmsSent | BridgeNotSent;

/** Gives up bridges that nobody could begin to send. */
export const bridgeDeadlines: Deadlines<Followed, ToConversation<Omit<LapseBridge, 'at'>>> = {
  kind: 'deadlines',
  name: 'bridge-deadlines',
  streams: ['conversation-'],
  types: ['BridgeRequested', 'BridgeSmsSent', 'BridgeNotSent'],
  schedule: (recorded) => {
    const { messageId: bridgeId } = recorded.data;
    if (recorded.type !== 'BridgeRequested') return [{ key: bridgeId, due: null }];
    const at = instant(epochMs(recorded.at) + bridgeLapsesAfterMs);
    const command = toConversation(recorded, { type: 'LapseBridge' as const, bridgeId });
    return [{ key: bridgeId, due: { at, command } }];
  },
};
