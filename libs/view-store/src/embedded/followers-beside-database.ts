import { parkedId } from '../parked-id.js';
import type { ParkedItem, SkippedItem } from '../port.js';
import type {
  AskedOf,
  Asking,
  BesideCalls,
  NamedItem,
  ReplayTally,
  Serving,
  StandingItem,
} from '../database/calls.js';
import type { BesideFileCalls } from './calls.js';
import type { Served } from './wire.js';
import { Connection, besideOwner, besideOwnerToWrite } from './connection.js';
import { askingFollowers, beginWriting, hasTable, readingFollowers } from './dialect.js';
import { allRequests, noReplay, request, retryOfKey } from './follower-requests.js';
import { followersSchema } from './followers-schema.js';
import {
  checkpoint,
  columnsOfItem,
  first,
  inOrder,
  parked,
  parkedColumns,
  parkedItem,
  standsFirst,
} from './parked-rows.js';

const statementsMax = 64;
/** Items that are looked through for a name, a page at a time. */
const pageItems = 10_000;

/** followers.db beside its owner: reads, and with `asks` the requests that its owner takes up. */
export const followersBesideServed = (): Served => {
  let connection: Connection | null = null;
  const opened = (): Connection => {
    if (connection === null) throw new Error('the followers have not been opened');
    return connection;
  };
  const writing = <T>(work: (to: Connection) => T): T =>
    opened().transaction(beginWriting, () => work(opened()));
  const calls: Serving<BesideFileCalls> = {
    open: ({ file, asks }) => {
      connection = asks
        ? new Connection(besideOwnerToWrite(file), askingFollowers, statementsMax)
        : new Connection(besideOwner(file), readingFollowers, statementsMax);
      if (asks) connection.execute(followersSchema);
    },
    checkpoint: ({ follower }) => checkpoint(opened(), follower),
    isLed: ({ follower }) => opened().prepare(selectLed).all([follower, Date.now()]).length > 0,
    parked: ({ follower, limit }) => parked(opened(), follower, limit),
    standing: (input) => standing(opened(), input),
    skipped: (input) => skipped(opened(), input),
    pending: ({ limit }) =>
      isThere(opened(), 'follower_request') ? allRequests(opened(), limit) : [],
    named: ({ id }) => named(opened(), id),
    askRetries: (input) => writing((to) => askRetries(to, input)),
    askRetry: ({ item, ...asking }) => writing((to) => askRetry(to, item, asking)),
    askSkip: ({ item, ...asking }) => writing((to) => ask(to, 'skip', item, asking)),
    askReplay: (input) => writing((to) => askReplay(to, input)),
    replayed: ({ replay }) => replayed(opened(), replay),
    endReplay: ({ replay }) =>
      writing((to) => {
        to.prepare('DELETE FROM follower_request WHERE replay = ?').run([replay]);
        to.prepare('DELETE FROM replay WHERE id = ?').run([replay]);
      }),
  };
  return { calls, close: () => connection?.close() };
};

/** A directory that an older version has left lacks what is newer. */
const isThere = (connection: Connection, table: string): boolean =>
  connection.prepare(hasTable).all([table]).length > 0;

const selectLed =
  'SELECT 1 FROM follower WHERE name = ? AND owner IS NOT NULL AND expires_at_ms > ?';

const inLine =
  'SELECT *, row_number() OVER (PARTITION BY follower, item_key, blocking' +
  ` ORDER BY ${standsFirst}) AS place,` +
  ' count(*) OVER (PARTITION BY follower, item_key, blocking) AS together' +
  ' FROM parked_item WHERE follower = ? OR ? IS NULL';
const selectStanding =
  `SELECT ${columnsOfItem}, place, together FROM (${inLine})` +
  ' WHERE blocking = 0 OR place = 1 OR ? = 1';

const standing = (
  connection: Connection,
  { follower, behind, limit }: Parameters<BesideCalls['standing']>[0],
): readonly StandingItem[] =>
  connection
    .prepare(selectStanding + inOrder)
    .all([follower, follower, behind ? 1 : 0, limit])
    .map((row) => {
      const item = parkedItem(row);
      const isFirst = item.blocking && row[11] === 1;
      return { ...item, id: parkedId(item), waiting: isFirst ? Number(row[12]) - 1 : 0 };
    });

const selectSkipped =
  `SELECT ${columnsOfItem}, skipped_by, skipped_at_ms FROM skipped_item` +
  ' WHERE follower = ? OR ? IS NULL ORDER BY skipped_at_ms, position, follower, item LIMIT ?';

const skipped = (
  connection: Connection,
  { follower, limit }: Parameters<BesideCalls['skipped']>[0],
): readonly (SkippedItem & { readonly id: string })[] => {
  if (!isThere(connection, 'skipped_item')) return [];
  return connection
    .prepare(selectSkipped)
    .all([follower, follower, limit])
    .map((row) => {
      const item = parkedItem(row);
      const who = { skippedBy: String(row[11]), skippedAtMs: Number(row[12]) };
      return { ...item, ...who, id: parkedId(item) };
    });
};

const pageAfter = `${parkedColumns} WHERE (follower, event_id, item) > (?, ?, ?)
  ORDER BY follower, event_id, item LIMIT ?`;

/** Each page goes on behind the one before it, and a short one is the last. */
const named = (connection: Connection, id: string): readonly NamedItem[] => {
  const found: NamedItem[] = [];
  let after: readonly string[] = ['', '', ''];
  for (;;) {
    const items = connection
      .prepare(pageAfter)
      .all([...after, pageItems])
      .map(parkedItem);
    for (const item of items)
      if (parkedId(item) === id) found.push({ item, first: firstOf(connection, item) });
    const last = items.at(-1);
    if (last === undefined || items.length < pageItems) return found;
    after = [last.follower, last.eventId, last.item];
  }
};

const firstOf = (connection: Connection, item: ParkedItem): ParkedItem | null =>
  item.blocking ? first(connection, item.follower, item.key) : null;

const ask = (
  connection: Connection,
  kind: 'retry-item' | 'skip',
  item: ParkedItem,
  { by, atMs }: Asking,
): void => {
  const { follower, key, eventId, stream, position } = item;
  const about = { follower, key, eventId, item: item.item, stream, position };
  request(connection, { kind, ...about, askedBy: by, askedAtMs: atMs }, noReplay);
};

const askRetry = (connection: Connection, item: ParkedItem, asking: Asking): void => {
  const { follower, key, blocking } = item;
  const [askedBy, askedAtMs] = [asking.by, asking.atMs];
  if (blocking) request(connection, retryOfKey({ follower, key, askedBy, askedAtMs }), noReplay);
  else ask(connection, 'retry-item', item, asking);
};

const ofWhom = '(follower = ? OR ? IS NULL)';
const forgetRetries = `DELETE FROM follower_request WHERE kind LIKE 'retry-%' AND ${ofWhom}`;
const toRetry =
  'INSERT INTO follower_request (follower, kind, item_key, event_id, item, stream,' +
  ' position, replay, asked_by, asked_at_ms)';
const blocked = `parked_item WHERE blocking = 1 AND ${ofWhom}`;
const blockedKeys = `SELECT DISTINCT follower, item_key FROM ${blocked}`;
const retryKeys =
  `${toRetry} SELECT follower, 'retry-key', item_key, '', '', '', '', '', ?, ?` +
  ` FROM (${blockedKeys}) AS blocked`;
const freeItems = `FROM parked_item WHERE blocking = 0 AND ${ofWhom}`;
const retryItems =
  `${toRetry} SELECT follower, 'retry-item', item_key, event_id, item, stream, position, '', ?, ?` +
  ` ${freeItems}`;

const askRetries = (
  connection: Connection,
  { follower, by, atMs }: Asking & { readonly follower: string | null },
): AskedOf => {
  const whose = [follower, follower];
  const count = (what: string): number =>
    Number(connection.prepare(`SELECT count(*) ${what}`).all(whose)[0]?.[0] ?? 0);
  connection.prepare(forgetRetries).run(whose);
  connection.prepare(retryKeys).run([by, atMs, ...whose]);
  connection.prepare(retryItems).run([by, atMs, ...whose]);
  return { keys: count(`FROM (${blockedKeys}) AS blocked`), items: count(freeItems) };
};

const beginReplay =
  'INSERT INTO replay (id, done, items, parked) VALUES (?, 0, 0, 0) ON CONFLICT (id) DO NOTHING';

const askReplay = (
  connection: Connection,
  { replay, events, by, atMs }: Parameters<BesideCalls['askReplay']>[0],
): void => {
  connection.prepare(beginReplay).run([replay]);
  for (const event of events) {
    const asked = { kind: 'replay', key: '', item: '', ...event } as const;
    request(connection, { ...asked, askedBy: by, askedAtMs: atMs }, replay);
  }
};

const replayed = (connection: Connection, replay: string): ReplayTally => {
  const sql = 'SELECT done, items, parked FROM replay WHERE id = ?';
  const [done, items, again] = connection.prepare(sql).all([replay])[0] ?? [];
  return { done: Number(done ?? 0), items: Number(items ?? 0), parked: Number(again ?? 0) };
};
