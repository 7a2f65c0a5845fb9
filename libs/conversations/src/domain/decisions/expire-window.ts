import { epochMs, instant, type Instant } from '#kernel';
import type { Thread } from '../thread.js';
import { closesAtMs, windowDurationMs } from '../window.js';
import type { Decision, Wish } from './decision.js';

export type ExpireWindow = Wish<'ExpireWindow', { readonly closesAt: Instant }>;

/** Tells, once, that the window's time is over; a window that has moved on is not this one. */
export const expireWindow = (thread: Thread, { at, closesAt }: ExpireWindow): Decision => {
  const closesMs = closesAtMs(thread.window);
  if (!thread.episode || thread.closed !== null || closesMs !== epochMs(closesAt)) return [];
  if (epochMs(at) < closesMs || thread.expiryToldForMs === closesMs) return [];
  const lastCustomerMessageAt = instant(closesMs - windowDurationMs);
  const { conversationId } = thread.episode;
  return [
    {
      type: 'WindowExpired',
      at: closesAt,
      data: { conversationId, closedAt: closesAt, lastCustomerMessageAt },
    },
  ];
};
