import { createHash } from 'node:crypto';
import type { ParkedItem } from './port.js';

const idHexLength = 12;

/** The name by which people call a parked item: short, and the same for as long as it is parked. */
export const parkedId = ({
  follower,
  eventId,
  item,
}: Pick<ParkedItem, 'follower' | 'eventId' | 'item'>): string =>
  createHash('sha256')
    .update(JSON.stringify([follower, eventId, item]))
    .digest('hex')
    .slice(0, idHexLength);
