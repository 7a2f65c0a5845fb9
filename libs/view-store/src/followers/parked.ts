import type { ItemName, ParkedItem, ParkedOfEvent } from '../port.js';
import { StoreLimitReached } from '../database/errors.js';
import type { FollowersCalls } from './calls.js';
import { inOrder, parkedColumns, parkedItem } from './parked-rows.js';
import { ask, type Steps } from './steps.js';

/** A follower with more blocked keys than this is broken as a whole; it must not start. */
export const blockedKeysMax = 100_000;

const isSkipped = 'SELECT 1 FROM skipped_item WHERE follower = ? AND event_id = ? AND item = ?';
/** What was not tried this time tells nothing new; since when it is parked never changes. */
const saveParked =
  'INSERT INTO parked_item (follower, event_id, item, item_key, position, stream, type, reason,' +
  ' blocking, attempts, parked_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)' +
  ' ON CONFLICT (follower, event_id, item) DO UPDATE SET item_key = excluded.item_key,' +
  ' reason = excluded.reason, blocking = excluded.blocking, attempts = excluded.attempts' +
  ' WHERE excluded.attempts > 0';

export function* park(item: ParkedItem): Steps<void> {
  const { follower, eventId, item: name, key, position, stream, type, reason } = item;
  if ((yield* ask(isSkipped, [follower, eventId, name])).length > 0) return;
  const place = [follower, eventId, name, key, position, stream, type, reason];
  const { blocking, attempts, parkedAtMs } = item;
  yield* ask(saveParked, [...place, blocking ? 1 : 0, attempts, parkedAtMs]);
}

export function* parkedCount({ follower }: { readonly follower: string }): Steps<number> {
  const [row] = yield* ask('SELECT count(*) FROM parked_item WHERE follower = ?', [follower]);
  return Number(row?.[0]);
}

const forgetParked = 'DELETE FROM parked_item WHERE follower = ? AND event_id = ? AND item = ?';

export function* unpark({
  follower,
  eventId,
  item,
}: Parameters<FollowersCalls['unpark']>[0]): Steps<void> {
  yield* ask(forgetParked, [follower, eventId, item]);
}

const selectBlocked =
  'SELECT DISTINCT item_key FROM parked_item WHERE follower = ? AND blocking = 1' +
  ' ORDER BY item_key LIMIT ?';

export function* blockedKeys({
  follower,
}: {
  readonly follower: string;
}): Steps<readonly string[]> {
  const rows = yield* ask(selectBlocked, [follower, blockedKeysMax + 1]);
  // A part of the keys would be worse than none: the rest would overtake what is parked.
  if (rows.length > blockedKeysMax)
    throw new StoreLimitReached(`follower ${follower} has over ${blockedKeysMax} blocked keys`);
  return rows.map(([key]) => String(key));
}

const isUnder = ' WHERE follower = ? AND item_key = ? AND blocking = 1';
const selectUnder = `${parkedColumns}${isUnder}${inOrder}`;

export function* parkedUnder({
  follower,
  key,
  limit,
}: Parameters<FollowersCalls['parkedUnder']>[0]): Steps<readonly ParkedItem[]> {
  return (yield* ask(selectUnder, [follower, key, limit])).map(parkedItem);
}

const selectSkippedOf = 'SELECT item FROM skipped_item WHERE follower = ? AND event_id = ?';

/** Bounded by what one event may ask for. */
export function* parkedOf({
  follower,
  eventId,
}: Parameters<FollowersCalls['parkedOf']>[0]): Steps<ParkedOfEvent> {
  const whose = [follower, eventId];
  const rows = yield* ask(`${parkedColumns} WHERE follower = ? AND event_id = ?`, whose);
  const skipped = yield* ask(selectSkippedOf, whose);
  return { parked: rows.map(parkedItem), skipped: skipped.map(([item]) => String(item)) };
}

const selectSkippedAfter =
  'SELECT event_id, item FROM skipped_item WHERE follower = ? AND position > ? LIMIT ?';

export function* skippedAfter({
  follower,
  position,
}: Parameters<FollowersCalls['skippedAfter']>[0]): Steps<readonly ItemName[]> {
  const rows = yield* ask(selectSkippedAfter, [follower, position ?? '', blockedKeysMax + 1]);
  if (rows.length > blockedKeysMax)
    throw new StoreLimitReached(`follower ${follower} has over ${blockedKeysMax} skipped items`);
  return rows.map(([eventId, item]) => ({ eventId: String(eventId), item: String(item) }));
}
