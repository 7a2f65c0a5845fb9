import type { ParkedItem } from '../port.js';
import type { Connection } from './connection.js';
import { positionFrom } from '../database/row-codec.js';

/** What the owner of followers.db reads of it, and whoever looks beside it. */

const selectPosition = 'SELECT position FROM follower WHERE name = ?';

export const checkpoint = (connection: Connection, follower: string): string | null => {
  const [row] = connection.prepare(selectPosition).all([follower]);
  return typeof row?.[0] === 'string' ? row[0] : null;
};

export const columnsOfItem =
  'follower, event_id, item, item_key, position, stream, type, reason, blocking,' +
  ' attempts, parked_at_ms';
export const parkedColumns = `SELECT ${columnsOfItem} FROM parked_item`;
export const inOrder = ' ORDER BY position, follower, item LIMIT ?';

export const parked = (
  connection: Connection,
  follower: string | null,
  limit: number,
): readonly ParkedItem[] => {
  const rows =
    follower === null
      ? connection.prepare(parkedColumns + inOrder).all([limit])
      : connection.prepare(`${parkedColumns} WHERE follower = ?${inOrder}`).all([follower, limit]);
  return rows.map(parkedItem);
};

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
  blocking: row[8] === 1,
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

export const first = (connection: Connection, follower: string, key: string): ParkedItem | null => {
  const [row] = connection.prepare(selectFirst).all([follower, key]);
  return row === undefined ? null : parkedItem(row);
};
