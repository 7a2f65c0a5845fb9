import type { ParkedItem } from '../port.js';
import { ask, type Steps } from './steps.js';
import { positionFrom } from './positions.js';

/** What the owner of parked items reads of them, and whoever looks beside it. */

export const columnsOfItem =
  'follower, event_id, item, item_key, position, stream, type, reason, blocking,' +
  ' attempts, parked_at_ms';
export const parkedColumns = `SELECT ${columnsOfItem} FROM parked_item`;
export const inOrder = ' ORDER BY position, follower, item LIMIT ?';

export function* parked({
  follower,
  limit,
}: {
  readonly follower: string | null;
  readonly limit: number;
}): Steps<readonly ParkedItem[]> {
  const rows =
    follower === null
      ? yield* ask(parkedColumns + inOrder, [limit])
      : yield* ask(`${parkedColumns} WHERE follower = ?${inOrder}`, [follower, limit]);
  return rows.map(parkedItem);
}

/** The first cells of a row are `columnsOfItem`. */
export const parkedItem = (row: readonly unknown[]): ParkedItem => ({
  follower: String(row[0]),
  eventId: String(row[1]),
  item: String(row[2]),
  key: String(row[3]),
  position: positionFrom(String(row[4])),
  stream: String(row[5]),
  type: String(row[6]),
  reason: String(row[7]),
  blocking: Number(row[8]) === 1,
  attempts: Number(row[9]),
  parkedAtMs: Number(row[10]),
});

/**
 * Which of the items that block a key stands first: the one that was tried, as the others are there
 * because of it; else the oldest.
 */
export const standsFirst = '(attempts = 0), position, item';

const selectFirst =
  `${parkedColumns} WHERE follower = ? AND item_key = ? AND blocking = 1` +
  ` ORDER BY ${standsFirst} LIMIT 1`;

export function* first(follower: string, key: string): Steps<ParkedItem | null> {
  const [row] = yield* ask(selectFirst, [follower, key]);
  return row === undefined ? null : parkedItem(row);
}
