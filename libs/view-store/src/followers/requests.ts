import type { FinishedRequest, FollowerRequest } from '../port.js';
import type { FollowersCalls } from './calls.js';
import { columnsOfItem, first } from './parked-rows.js';
import { positionFrom } from './positions.js';
import {
  ask,
  askAll,
  lockRequests,
  type FollowersDialect,
  type Statement,
  type Steps,
} from './steps.js';

/** What operators ask of followers. Whoever writes does so within a transaction. */

const requestColumns =
  'SELECT id, follower, kind, item_key, event_id, item, stream, position, asked_by, asked_at_ms' +
  ' FROM follower_request';

const isSame =
  ' follower = ? AND kind = ? AND item_key = ? AND event_id = ? AND item = ? AND replay = ?';
/** Asked again it is a new request: what came of the first one may not be what is wanted now. */
const forgetSame = `DELETE FROM follower_request WHERE${isSame}`;
const saveRequest =
  'INSERT INTO follower_request (follower, kind, item_key, event_id, item, stream,' +
  ' position, replay, asked_by, asked_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

export const noReplay = '';

const nameOf = (asked: Omit<FollowerRequest, 'id'>, replay: string): readonly string[] => [
  asked.follower,
  asked.kind,
  asked.key,
  asked.eventId,
  asked.item,
  replay,
];

export const requesting = (
  asked: Omit<FollowerRequest, 'id'>,
  replay: string,
): readonly Statement[] => [
  { sql: forgetSame, parameters: nameOf(asked, replay) },
  saving(asked, replay),
];

export const request = (asked: Omit<FollowerRequest, 'id'>, replay: string): Steps<void> =>
  askAll(requesting(asked, replay));

const saving = (asked: Omit<FollowerRequest, 'id'>, replay: string): Statement => {
  const { follower, kind, key, eventId, item, stream, position, askedBy, askedAtMs } = asked;
  const place = [follower, kind, key, eventId, item, stream, position];
  return { sql: saveRequest, parameters: [...place, replay, askedBy, askedAtMs] };
};

export function* askParts(
  asked: Omit<FollowerRequest, 'id'>,
  dialect: FollowersDialect,
): Steps<number> {
  yield* lockRequests(dialect);
  const select = `SELECT id FROM follower_request WHERE${isSame}`;
  const name = nameOf(asked, noReplay);
  let [row] = yield* ask(select, name);
  if (row === undefined) {
    yield* askAll([saving(asked, noReplay)]);
    [row] = yield* ask(select, name);
  }
  return Number(row?.[0]);
}

const selectRequests = `${requestColumns} WHERE follower = ? AND id > ? ORDER BY id LIMIT ?`;
const selectUnfinished =
  `${requestColumns} WHERE follower = ? AND id > ? AND NOT EXISTS (SELECT 1 FROM request_part` +
  ' WHERE request = id AND part = ? AND parts = ?) ORDER BY id LIMIT ?';

export function* requests({
  follower,
  limit,
  after,
  part,
}: Parameters<FollowersCalls['requests']>[0]): Steps<readonly FollowerRequest[]> {
  const rows =
    part === null
      ? yield* ask(selectRequests, [follower, after, limit])
      : yield* ask(selectUnfinished, [follower, after, part.index, part.of, limit]);
  return rows.map(asRequest);
}

/** Without what parts ask of each other. */
const selectAsked = `${requestColumns} WHERE kind <> 'afresh' ORDER BY id LIMIT ?`;

export function* allRequests(limit: number): Steps<readonly FollowerRequest[]> {
  return (yield* ask(selectAsked, [limit])).map(asRequest);
}

const kinds = ['retry-key', 'retry-item', 'skip', 'replay', 'afresh'] as const;

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
const forgetParts = 'DELETE FROM request_part WHERE request = ?';
const lockRequest = 'SELECT id FROM follower_request WHERE id = ?';
const savePart =
  'INSERT INTO request_part (request, part, parts, items, parked) VALUES (?, ?, ?, ?, ?)' +
  ' ON CONFLICT (request, part, parts) DO NOTHING';
const sumParts =
  'SELECT count(*), sum(items), sum(parked) FROM request_part WHERE request = ? AND parts = ?';

export function* finish(
  finished: readonly FinishedRequest[],
  { forUpdate }: FollowersDialect,
): Steps<void> {
  // In one order everywhere: two that lock the same requests must not wait for each other.
  for (const one of finished.toSorted((a, b) => a.id - b.id)) {
    const [standing] = yield* ask(lockRequest + forUpdate, [one.id]);
    if (standing === undefined) continue;
    const counts = yield* together(one);
    if (counts === null) continue;
    yield* ask(countDone, [counts.items, counts.parked, one.id]);
    yield* ask(forgetRequest, [one.id]);
    yield* ask(forgetParts, [one.id]);
  }
}

type Counts = Pick<FinishedRequest, 'items' | 'parked'>;

/** What all parts together have counted; null while one is not done. */
function* together({ id, part, items, parked }: FinishedRequest): Steps<Counts | null> {
  if (part === undefined || part.of === 1) return { items, parked };
  yield* ask(savePart, [id, part.index, part.of, items, parked]);
  const [row] = yield* ask(sumParts, [id, part.of]);
  if (Number(row?.[0]) < part.of) return null;
  return { items: Number(row?.[1]), parked: Number(row?.[2]) };
}

const ofItem = ' FROM parked_item WHERE follower = ? AND event_id = ? AND item = ?';
const moveToSkipped =
  `INSERT INTO skipped_item (${columnsOfItem}, skipped_by, skipped_at_ms)` +
  ` SELECT ${columnsOfItem}, CAST(? AS TEXT), CAST(? AS BIGINT)${ofItem}` +
  ' ON CONFLICT (follower, event_id, item) DO NOTHING';

export function* skip(asked: FollowerRequest, dialect: FollowersDialect): Steps<void> {
  const { follower, key, eventId, item, askedBy, askedAtMs } = asked;
  const name = [follower, eventId, item];
  yield* lockRequests(dialect);
  const before = yield* first(follower, key);
  yield* ask(moveToSkipped, [askedBy, askedAtMs, ...name]);
  yield* ask(`DELETE${ofItem}`, name);
  if (before?.eventId === eventId && before.item === item)
    yield* request(retryOfKey(asked), noReplay);
  yield* ask(forgetRequest, [asked.id]);
}

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
