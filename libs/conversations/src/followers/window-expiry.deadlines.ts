import { epochMs, type Deadlines } from '#kernel';
import type { ThreadAbsorbed, ThreadClosed } from '../domain/closing-events.js';
import type { ExpireWindow } from '../domain/decisions/expire-window.js';
import type {
  CustomerCallReceived,
  CustomerMessageReceived,
  CustomerReactionReceived,
  WindowExpired,
  WindowRefusedByProvider,
} from '../domain/events.js';
import { toConversation, type ToConversation } from './addressed.js';

type Opening =
  CustomerMessageReceived | CustomerReactionReceived | CustomerCallReceived | ThreadAbsorbed;
type Followed = Opening | ThreadClosed | WindowExpired | WindowRefusedByProvider;

/**
 * Tells when a window's time is over. What came too late to open the window sets nothing;
 * a window that the provider has closed has nothing left to tell.
 */
export const windowExpiry: Deadlines<Followed, ToConversation<Omit<ExpireWindow, 'at'>>> = {
  kind: 'deadlines',
  name: 'window-expiry',
  streams: ['conversation-'],
  types: [
    'CustomerMessageReceived',
    'CustomerReactionReceived',
    'CustomerCallReceived',
    'ThreadAbsorbed',
    'ThreadClosed',
    'WindowExpired',
    'WindowRefusedByProvider',
  ],
  schedule: (recorded) => {
    const key = recorded.stream;
    if (isOver(recorded)) return [{ key, due: null }];
    const closesAt = recorded.data.windowClosesAt;
    if (closesAt === null || epochMs(closesAt) <= epochMs(recorded.metadata.recordedAt)) return [];
    const command = toConversation(recorded, { type: 'ExpireWindow' as const, closesAt });
    return [{ key, due: { at: closesAt, command } }];
  },
};

/** There is nothing left to tell of this window, or of this thread. */
const isOver = (fact: Followed): fact is Exclude<Followed, Opening> =>
  fact.type === 'WindowExpired' ||
  fact.type === 'WindowRefusedByProvider' ||
  fact.type === 'ThreadClosed';
