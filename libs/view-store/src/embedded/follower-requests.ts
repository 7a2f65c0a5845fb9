import type { FinishedRequest, FollowerRequest } from '../port.js';
import type { FollowersCalls } from '../database/calls.js';
import type { Connection } from './connection.js';
import { columnsOfItem, first } from './parked-rows.js';
import { positionFrom } from '../database/row-codec.js';

/** What operators ask of followers, in followers.db. Whoever writes does so within a transaction. */

const requestColumns =
  'SELECT id, follower, kind, item_key, event_id, item, stream, position, asked_by, asked_at_ms' +
  ' FROM follower_request';

/** Asked again it is a new request: what came of the first one may not be what is wanted now. */
const forgetSame =
  'DELETE FROM follower_request WHERE follower = ? AND kind = ? AND item_key = ?' +
  ' AND event_id = ? AND item = ? AND replay = ?';
const saveRequest =
  'INSERT INTO follower_request (follower, kind, item_key, event_id, item, stream,' +
  ' position, replay, asked_by, asked_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

export const noReplay = '';

export const request = (
  connection: Connection,
  asked: Omit<FollowerRequest, 'id'>,
  replay: string,
): void => {
  const { follower, kind, key, eventId, item, stream, position, askedBy, askedAtMs } = asked;
  const name = [follower, kind, key, eventId, item];
  connection.prepare(forgetSame).run([...name, replay]);
  connection.prepare(saveRequest).run([...name, stream, position, replay, askedBy, askedAtMs]);
};

export const requests = (
  connection: Connection,
  { follower, limit }: Parameters<FollowersCalls['requests']>[0],
): readonly FollowerRequest[] =>
  connection
    .prepare(`${requestColumns} WHERE follower = ? ORDER BY id LIMIT ?`)
    .all([follower, limit])
    .map(asRequest);

export const allRequests = (connection: Connection, limit: number): readonly FollowerRequest[] =>
  connection.prepare(`${requestColumns} ORDER BY id LIMIT ?`).all([limit]).map(asRequest);

const kinds = ['retry-key', 'retry-item', 'skip', 'replay'] as const;

const asRequest = (row: readonly unknown[]): FollowerRequest => ({
  id: Number(row[0]),
  follower: String(row[1]),
  kind: kinds.find((kind) => kind === row[2]) ?? 'retry-item',
  key: String(row[3]),
  eventId: String(row[4]),
  item: String(row[5]),
  stream: String(row[6]),
  position: positionFrom(String(row[7])),
  askedBy: String(row[8]),
  askedAtMs: Number(row[9]),
});

const countDone =
  'UPDATE replay SET done = done + 1, items = items + ?, parked = parked + ?' +
  ' WHERE id = (SELECT replay FROM follower_request WHERE id = ?)';
const forgetRequest = 'DELETE FROM follower_request WHERE id = ?';

export const finish = (connection: Connection, finished: readonly FinishedRequest[]): void => {
  for (const { id, items, parked } of finished) {
    connection.prepare(countDone).run([items, parked, id]);
    connection.prepare(forgetRequest).run([id]);
  }
};

const ofItem = ' FROM parked_item WHERE follower = ? AND event_id = ? AND item = ?';
const moveToSkipped =
  `INSERT INTO skipped_item (${columnsOfItem}, skipped_by, skipped_at_ms)` +
  ` SELECT ${columnsOfItem}, ?, ?${ofItem} ON CONFLICT (follower, event_id, item) DO NOTHING`;

export const skip = (connection: Connection, asked: FollowerRequest): void => {
  const { follower, key, eventId, item, askedBy, askedAtMs } = asked;
  const name = [follower, eventId, item];
  const before = first(connection, follower, key);
  connection.prepare(moveToSkipped).run([askedBy, askedAtMs, ...name]);
  connection.prepare(`DELETE${ofItem}`).run(name);
  if (before?.eventId === eventId && before.item === item)
    request(connection, retryOfKey(asked), noReplay);
  connection.prepare(forgetRequest).run([asked.id]);
};

export const retryOfKey = ({
  follower,
  key,
  askedBy,
  askedAtMs,
}: Pick<FollowerRequest, 'follower' | 'key' | 'askedBy' | 'askedAtMs'>): Omit<
  FollowerRequest,
  'id'
> => ({
  follower,
  kind: 'retry-key',
  key,
  eventId: '',
  item: '',
  stream: '',
  position: positionFrom(''),
  askedBy,
  askedAtMs,
});
