import { parkedId } from '../parked-id.js';
import type { ParkedItem, SkippedItem } from '../port.js';
import type {
  AskedOf,
  Asking,
  BesideCalls,
  NamedItem,
  ReplayTally,
  StandingItem,
} from './calls.js';
import { checkpointOfAll, isLed } from './leases.js';
import {
  columnsOfItem,
  first,
  inOrder,
  parked,
  parkedColumns,
  parkedItem,
  standsFirst,
} from './parked-rows.js';
import { allRequests, noReplay, request, requesting, retryOfKey } from './requests.js';
import {
  ask,
  askAll,
  isThere,
  lockRequests,
  type FollowersDialect,
  type Steps,
  type StepsOf,
} from './steps.js';

/** Items that are looked through for a name, a page at a time. */
const pageItems = 10_000;

/** What operators may ask beside the followers: reads, and the requests that followers take up. */
export const besideSteps = (dialect: FollowersDialect) => {
  const writing = function* <T>(steps: Steps<T>): Steps<T> {
    yield* lockRequests(dialect);
    return yield* steps;
  };
  return {
    checkpoint: ({ follower }: Of) => checkpointOfAll(follower),
    isLed: ({ follower }: Of) => isLed(follower, dialect),
    parked,
    standing,
    skipped: (input: Parameters<BesideCalls['skipped']>[0]) => skipped(input, dialect),
    pending: function* ({ limit }: { readonly limit: number }) {
      return (yield* isThere('follower_request', dialect)) ? yield* allRequests(limit) : [];
    },
    named,
    askRetries: (input: Parameters<BesideCalls['askRetries']>[0]) => writing(askRetries(input)),
    askRetry: ({ item, ...asking }: Parameters<BesideCalls['askRetry']>[0]) =>
      writing(askRetry(item, asking)),
    askSkip: ({ item, ...asking }: Parameters<BesideCalls['askSkip']>[0]) =>
      writing(askAbout('skip', item, asking)),
    askReplay: (input: Parameters<BesideCalls['askReplay']>[0]) => writing(askReplay(input)),
    replayed,
    endReplay: (input: { readonly replay: string }) => writing(endReplay(input)),
  } satisfies StepsOf<BesideCalls>;
};

/** Those that write, each in one transaction. */
export const besideWrites = new Set<keyof BesideCalls>([
  'askRetries',
  'askRetry',
  'askSkip',
  'askReplay',
  'endReplay',
]);

type Of = { readonly follower: string };

const inLine =
  'SELECT *, row_number() OVER (PARTITION BY follower, item_key, blocking' +
  ` ORDER BY ${standsFirst}) AS place,` +
  ' count(*) OVER (PARTITION BY follower, item_key, blocking) AS together' +
  ' FROM parked_item WHERE follower = ? OR CAST(? AS TEXT) IS NULL';
const selectStanding =
  `SELECT ${columnsOfItem}, place, together FROM (${inLine}) AS line` +
  ' WHERE blocking = 0 OR place = 1 OR CAST(? AS BIGINT) = 1';

function* standing({
  follower,
  behind,
  limit,
}: Parameters<BesideCalls['standing']>[0]): Steps<readonly StandingItem[]> {
  const whose = [follower, follower, behind ? 1 : 0, limit];
  const rows = yield* ask(selectStanding + inOrder, whose);
  return rows.map((row) => {
    const item = parkedItem(row);
    const isFirst = item.blocking && Number(row[11]) === 1;
    return { ...item, id: parkedId(item), waiting: isFirst ? Number(row[12]) - 1 : 0 };
  });
}

const selectSkipped =
  `SELECT ${columnsOfItem}, skipped_by, skipped_at_ms FROM skipped_item` +
  ' WHERE follower = ? OR CAST(? AS TEXT) IS NULL' +
  ' ORDER BY skipped_at_ms, position, follower, item LIMIT ?';

function* skipped(
  { follower, limit }: Parameters<BesideCalls['skipped']>[0],
  dialect: FollowersDialect,
): Steps<readonly (SkippedItem & { readonly id: string })[]> {
  if (!(yield* isThere('skipped_item', dialect))) return [];
  return (yield* ask(selectSkipped, [follower, follower, limit])).map((row) => {
    const item = parkedItem(row);
    const who = { skippedBy: String(row[11]), skippedAtMs: Number(row[12]) };
    return { ...item, ...who, id: parkedId(item) };
  });
}

const pageAfter = `${parkedColumns} WHERE (follower, event_id, item) > (?, ?, ?)
  ORDER BY follower, event_id, item LIMIT ?`;

/** Each page goes on behind the one before it, and a short one is the last. */
function* named({ id }: { readonly id: string }): Steps<readonly NamedItem[]> {
  const found: NamedItem[] = [];
  let after: readonly string[] = ['', '', ''];
  for (;;) {
    const items = (yield* ask(pageAfter, [...after, pageItems])).map(parkedItem);
    for (const item of items)
      if (parkedId(item) === id) {
        const { follower, key, blocking } = item;
        found.push({ item, first: blocking ? yield* first(follower, key) : null });
      }
    const last = items.at(-1);
    if (last === undefined || items.length < pageItems) return found;
    after = [last.follower, last.eventId, last.item];
  }
}

function* askAbout(
  kind: 'retry-item' | 'skip',
  item: ParkedItem,
  { by, atMs }: Asking,
): Steps<void> {
  const { follower, key, eventId, stream, position } = item;
  const about = { follower, key, eventId, item: item.item, stream, position };
  yield* request({ kind, ...about, askedBy: by, askedAtMs: atMs }, noReplay);
}

function* askRetry(item: ParkedItem, asking: Asking): Steps<void> {
  const { follower, key, blocking } = item;
  const [askedBy, askedAtMs] = [asking.by, asking.atMs];
  if (blocking) yield* request(retryOfKey({ follower, key, askedBy, askedAtMs }), noReplay);
  else yield* askAbout('retry-item', item, asking);
}

const ofWhom = '(follower = ? OR CAST(? AS TEXT) IS NULL)';
const forgetRetries = `DELETE FROM follower_request WHERE kind LIKE 'retry-%' AND ${ofWhom}`;
const toRetry =
  'INSERT INTO follower_request (follower, kind, item_key, event_id, item, stream,' +
  ' position, replay, asked_by, asked_at_ms)';
const byWhom = 'CAST(? AS TEXT), CAST(? AS BIGINT)';
const blocked = `parked_item WHERE blocking = 1 AND ${ofWhom}`;
const blockedKeys = `SELECT DISTINCT follower, item_key FROM ${blocked}`;
const retryKeys =
  `${toRetry} SELECT follower, 'retry-key', item_key, '', '', '', '', '', ${byWhom}` +
  ` FROM (${blockedKeys}) AS blocked`;
const freeItems = `FROM parked_item WHERE blocking = 0 AND ${ofWhom}`;
const retryItems =
  `${toRetry} SELECT follower, 'retry-item', item_key, event_id, item, stream, position, '',` +
  ` ${byWhom} ${freeItems}`;

function* askRetries({
  follower,
  by,
  atMs,
}: Asking & { readonly follower: string | null }): Steps<AskedOf> {
  const whose = [follower, follower];
  yield* ask(forgetRetries, whose);
  yield* ask(retryKeys, [by, atMs, ...whose]);
  yield* ask(retryItems, [by, atMs, ...whose]);
  const [keys] = yield* ask(`SELECT count(*) FROM (${blockedKeys}) AS blocked`, whose);
  const [items] = yield* ask(`SELECT count(*) ${freeItems}`, whose);
  return { keys: Number(keys?.[0] ?? 0), items: Number(items?.[0] ?? 0) };
}

const beginReplay =
  'INSERT INTO replay (id, done, items, parked) VALUES (?, 0, 0, 0) ON CONFLICT (id) DO NOTHING';

function* askReplay({
  replay,
  events,
  by,
  atMs,
}: Parameters<BesideCalls['askReplay']>[0]): Steps<void> {
  yield* ask(beginReplay, [replay]);
  const about = { kind: 'replay', key: '', item: '', askedBy: by, askedAtMs: atMs } as const;
  yield* askAll(events.flatMap((event) => requesting({ ...about, ...event }, replay)));
}

function* replayed({ replay }: { readonly replay: string }): Steps<ReplayTally> {
  const sql = 'SELECT done, items, parked FROM replay WHERE id = ?';
  const [done, items, again] = (yield* ask(sql, [replay]))[0] ?? [];
  return { done: Number(done ?? 0), items: Number(items ?? 0), parked: Number(again ?? 0) };
}

function* endReplay({ replay }: { readonly replay: string }): Steps<void> {
  yield* ask('DELETE FROM follower_request WHERE replay = ?', [replay]);
  yield* ask('DELETE FROM replay WHERE id = ?', [replay]);
  yield* ask('DELETE FROM request_part WHERE request NOT IN (SELECT id FROM follower_request)', []);
}
