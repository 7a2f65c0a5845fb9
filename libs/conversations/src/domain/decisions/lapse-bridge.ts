import type { MessageId } from '#kernel';
import type { Thread } from '../thread.js';
import { bridgeLapsed } from './closed-window.js';
import type { Decision, Wish } from './decision.js';

export type LapseBridge = Wish<'LapseBridge', { readonly bridgeId: MessageId }>;

/** Gives up a bridge that nobody has begun to send in time; any other stays as it is. */
export const lapseBridge = (thread: Thread, { at, bridgeId }: LapseBridge): Decision =>
  thread.bridge?.bridgeId === bridgeId ? bridgeLapsed(thread, at) : [];
