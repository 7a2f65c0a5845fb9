import { epochMs, type Instant } from '#kernel';
import { bridgeIntervalMs, type Bridge } from './bridge.js';
import type { Channel } from './events.js';
import { smsObstacle, type SmsReach } from './sms.js';
import { windowDurationMs, windowStatus, type CustomerServiceWindow } from './window.js';

/** What is known of where the customer is. */
export type Whereabouts = {
  readonly window: CustomerServiceWindow;
  readonly lastSeen: { readonly channel: Channel; readonly at: Instant } | null;
  readonly bridge: Bridge | null;
};

/**
 * Where a reply goes that does not say where: to WhatsApp while the window is open, else to where the
 * customer was last seen within 24 hours, by what they wrote or by opening the page, if they can be
 * reached there. WHATSAPP in a closed window means that there is nowhere to reply to.
 */
export const replyChannel = (where: Whereabouts, reach: SmsReach, nowMs: number): Channel => {
  if (windowStatus(where.window, nowMs) === 'OPEN') return 'WHATSAPP';
  const { lastSeen: newest } = where;
  if (!newest || nowMs >= epochMs(newest.at) + windowDurationMs) return 'WHATSAPP';
  if (newest.channel === 'SMS') return smsObstacle(reach) ? 'WHATSAPP' : 'SMS';
  return newest.channel === 'PORTAL' && isPortalOpen(where, nowMs) ? 'PORTAL' : 'WHATSAPP';
};

/**
 * The page behind the link is the customer's once they have opened it, for 24 hours from the request of
 * the bridge; what is written there earlier or later, nobody reads.
 */
export const isPortalOpen = ({ bridge }: Pick<Whereabouts, 'bridge'>, nowMs: number): boolean =>
  bridge !== null &&
  bridge.openedAt !== null &&
  nowMs < epochMs(bridge.requestedAt) + bridgeIntervalMs;
