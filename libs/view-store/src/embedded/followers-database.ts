import {
  LeaseLost,
  type ItemName,
  type ParkedItem,
  type ParkedOfEvent,
  type StoredDeadline,
} from '../port.js';
import type { FollowersCalls, SaveCheckpoint, Serving } from '../database/calls.js';
import type { FollowersFileCalls } from './calls.js';
import type { Served } from './wire.js';
import { Connection } from './connection.js';
import { beginWriting, followersKept } from './dialect.js';
import { StoreLimitReached } from '../database/errors.js';
import { finish, requests, skip } from './follower-requests.js';
import { followersSchema } from './followers-schema.js';
import { checkpoint, inOrder, parked, parkedColumns, parkedItem } from './parked-rows.js';

const statementsMax = 64;
/** A follower with more blocked keys than this is broken as a whole; it must not start. */
export const blockedKeysMax = 100_000;

/** What followers must remember. Each call is one transaction, durable before it is answered. */
export const followersServed = (): Served => {
  let connection: Connection | null = null;
  const opened = (): Connection => {
    if (connection === null) throw new Error('the followers have not been opened');
    return connection;
  };
  const calls: Serving<FollowersFileCalls> = {
    open: ({ file }) => {
      connection = new Connection(file, followersKept, statementsMax);
      connection.execute(followersSchema);
    },
    checkpoint: ({ follower }) => checkpoint(opened(), follower),
    saveCheckpoint: (input) =>
      opened().transaction(beginWriting, () => saveCheckpoint(opened(), input)),
    acquireLease: (input) => opened().transaction(beginWriting, () => acquire(opened(), input)),
    releaseLease: ({ follower, owner }) => opened().prepare(release).run([follower, owner]),
    park: (item) => park(opened(), item),
    blockedKeys: ({ follower }) => blockedKeys(opened(), follower),
    parked: ({ follower, limit }) => parked(opened(), follower, limit),
    parkedCount: ({ follower }) => Number(opened().prepare(countParked).all([follower])[0]?.[0]),
    unpark: ({ follower, eventId, item }) =>
      opened().prepare(forgetParked).run([follower, eventId, item]),
    parkedUnder: (input) => parkedUnder(opened(), input),
    parkedOf: (input) => parkedOf(opened(), input),
    skippedAfter: (input) => skippedAfter(opened(), input),
    requests: (input) => requests(opened(), input),
    finish: (input) => opened().transaction(beginWriting, () => finish(opened(), input)),
    skip: (input) => opened().transaction(beginWriting, () => skip(opened(), input)),
    deadlines: (input) => deadlines(opened(), input),
    saveDeadlines: (input) =>
      opened().transaction(beginWriting, () => saveDeadlines(opened(), input)),
  };
  return { calls, close: () => connection?.close() };
};

const selectFollower = 'SELECT position, epoch, owner, expires_at_ms FROM follower WHERE name = ?';

const saveCheckpoint = (connection: Connection, save: SaveCheckpoint): void => {
  const [row] = connection.prepare(selectFollower).all([save.follower]);
  if (row?.[1] !== save.epoch)
    throw new LeaseLost(`follower ${save.follower} is no longer led in epoch ${save.epoch}`);
  connection
    .prepare('UPDATE follower SET position = ? WHERE name = ?')
    .run([save.position, save.follower]);
};

const saveLease =
  'INSERT INTO follower (name, epoch, owner, expires_at_ms) VALUES (?, ?, ?, ?)' +
  ' ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner,' +
  ' expires_at_ms = excluded.expires_at_ms';

/** Letting go raises the epoch: a save that is still under way must not land after it. */
const release =
  'UPDATE follower SET owner = NULL, expires_at_ms = 0, epoch = epoch + 1' +
  ' WHERE name = ? AND owner = ?';

const acquire = (
  connection: Connection,
  { follower, owner, forMs }: { follower: string; owner: string; forMs: number },
): { readonly epoch: number } | null => {
  // Leases are about which process lives, so they use the wall clock and never the domain's.
  const nowMs = Date.now();
  const [row] = connection.prepare(selectFollower).all([follower]);
  const [, heldEpoch, holder, expiresAtMs] = row ?? [null, 0, null, 0];
  if (holder !== null && holder !== owner && Number(expiresAtMs) > nowMs) return null;
  // Whoever comes back before anybody else led has missed nothing, and keeps the epoch.
  const epoch = holder === owner ? Number(heldEpoch) : Number(heldEpoch) + 1;
  connection.prepare(saveLease).run([follower, epoch, owner, nowMs + forMs]);
  return { epoch };
};

/** What was not tried this time tells nothing new; since when it is parked never changes. */
const saveParked =
  'INSERT INTO parked_item (follower, event_id, item, item_key, position, stream, type, reason,' +
  ' blocking, attempts, parked_at_ms) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS' +
  ' (SELECT 1 FROM skipped_item WHERE follower = ? AND event_id = ? AND item = ?)' +
  ' ON CONFLICT (follower, event_id, item) DO UPDATE SET item_key = excluded.item_key,' +
  ' reason = excluded.reason, blocking = excluded.blocking, attempts = excluded.attempts' +
  ' WHERE excluded.attempts > 0';

const park = (connection: Connection, item: ParkedItem): void =>
  connection
    .prepare(saveParked)
    .run([
      item.follower,
      item.eventId,
      item.item,
      item.key,
      item.position,
      item.stream,
      item.type,
      item.reason,
      item.blocking ? 1 : 0,
      item.attempts,
      item.parkedAtMs,
      item.follower,
      item.eventId,
      item.item,
    ]);

const countParked = 'SELECT count(*) FROM parked_item WHERE follower = ?';
const forgetParked = 'DELETE FROM parked_item WHERE follower = ? AND event_id = ? AND item = ?';

const selectBlocked =
  'SELECT DISTINCT item_key FROM parked_item WHERE follower = ? AND blocking = 1' +
  ' ORDER BY item_key LIMIT ?';

const blockedKeys = (connection: Connection, follower: string): readonly string[] => {
  const rows = connection.prepare(selectBlocked).all([follower, blockedKeysMax + 1]);
  // A part of the keys would be worse than none: the rest would overtake what is parked.
  if (rows.length > blockedKeysMax)
    throw new StoreLimitReached(`follower ${follower} has over ${blockedKeysMax} blocked keys`);
  return rows.map(([key]) => String(key));
};

const parkedUnder = (
  connection: Connection,
  { follower, key, limit }: Parameters<FollowersCalls['parkedUnder']>[0],
): readonly ParkedItem[] =>
  connection
    .prepare(`${parkedColumns} WHERE follower = ? AND item_key = ? AND blocking = 1${inOrder}`)
    .all([follower, key, limit])
    .map(parkedItem);

const selectSkippedOf = 'SELECT item FROM skipped_item WHERE follower = ? AND event_id = ?';

/** Bounded by what one event may ask for. */
const parkedOf = (
  connection: Connection,
  { follower, eventId }: Parameters<FollowersCalls['parkedOf']>[0],
): ParkedOfEvent => {
  const rows = connection.prepare(`${parkedColumns} WHERE follower = ? AND event_id = ?`);
  const skipped = connection.prepare(selectSkippedOf).all([follower, eventId]);
  return {
    parked: rows.all([follower, eventId]).map(parkedItem),
    skipped: skipped.map(([item]) => String(item)),
  };
};

const selectSkippedAfter =
  'SELECT event_id, item FROM skipped_item WHERE follower = ? AND position > ? LIMIT ?';

const skippedAfter = (
  connection: Connection,
  { follower, position }: Parameters<FollowersCalls['skippedAfter']>[0],
): readonly ItemName[] => {
  const values = [follower, position ?? '', blockedKeysMax + 1];
  const rows = connection.prepare(selectSkippedAfter).all(values);
  if (rows.length > blockedKeysMax)
    throw new StoreLimitReached(`follower ${follower} has over ${blockedKeysMax} skipped items`);
  return rows.map(([eventId, item]) => ({ eventId: String(eventId), item: String(item) }));
};

const selectDeadlines =
  'SELECT deadline_key, due_at_ms, cause_id, command FROM deadline WHERE follower = ?' +
  ' AND (due_at_ms, deadline_key) > (?, ?) ORDER BY due_at_ms, deadline_key LIMIT ?';
/** Before every place: no key is empty. */
const start = { dueAtMs: Number.MIN_SAFE_INTEGER, key: '' };

const deadlines = (
  connection: Connection,
  { follower, after, limit }: Parameters<FollowersCalls['deadlines']>[0],
): readonly StoredDeadline[] => {
  const { dueAtMs: afterMs, key: afterKey } = after ?? start;
  const rows = connection.prepare(selectDeadlines).all([follower, afterMs, afterKey, limit]);
  return rows.map(([key, dueAtMs, causeId, command]) => ({
    key: String(key),
    dueAtMs: Number(dueAtMs),
    causeId: String(causeId),
    command: String(command),
  }));
};

const saveDeadline =
  'INSERT INTO deadline (follower, deadline_key, due_at_ms, cause_id, command)' +
  ' VALUES (?, ?, ?, ?, ?) ON CONFLICT (follower, deadline_key) DO UPDATE SET' +
  ' due_at_ms = excluded.due_at_ms, cause_id = excluded.cause_id, command = excluded.command';
const clearDeadline = 'DELETE FROM deadline WHERE follower = ? AND deadline_key = ?';

const saveDeadlines = (
  connection: Connection,
  { changes, ...save }: Parameters<FollowersCalls['saveDeadlines']>[0],
): void => {
  saveCheckpoint(connection, save);
  for (const { key, due } of changes)
    if (due === null) connection.prepare(clearDeadline).run([save.follower, key]);
    else
      connection
        .prepare(saveDeadline)
        .run([save.follower, key, due.dueAtMs, due.causeId, due.command]);
};
