import { partNames, partPrefix } from '../part.js';
import { DividedOtherwise, LeaseLost, type Division, type Lease } from '../port.js';
import type { SaveCheckpoint } from './calls.js';
import { ask, nowMs, type FollowersDialect, type Steps } from './steps.js';

/** Who leads, in which epoch, and from where on. Whoever writes does so within a transaction. */

const selectFollower = 'SELECT position, epoch, owner, expires_at_ms FROM follower WHERE name = ?';

type Held = {
  readonly position: string | null;
  readonly epoch: number;
  readonly owner: string | null;
  readonly expiresAtMs: number;
};

function* held(name: string, forUpdate: string): Steps<Held | null> {
  const [row] = yield* ask(selectFollower + forUpdate, [name]);
  if (row === undefined) return null;
  const [position, epoch, owner, expiresAtMs] = row;
  return {
    position: typeof position === 'string' ? position : null,
    epoch: Number(epoch),
    owner: typeof owner === 'string' ? owner : null,
    expiresAtMs: Number(expiresAtMs),
  };
}

export function* checkpoint(name: string): Steps<string | null> {
  return (yield* held(name, ''))?.position ?? null;
}

/** Locks the row: an epoch that is good now is good until the transaction is over. */
export function* saveCheckpoint(
  { part, position, epoch }: SaveCheckpoint,
  { forUpdate }: FollowersDialect,
): Steps<void> {
  const found = yield* held(part, forUpdate);
  if (found?.epoch !== epoch) throw new LeaseLost(`${part} is no longer led in epoch ${epoch}`);
  yield* ask('UPDATE follower SET position = ? WHERE name = ?', [position, part]);
}

const saveLease = 'UPDATE follower SET epoch = ?, owner = ?, expires_at_ms = ? WHERE name = ?';

/** Both who come first find one row to lock. */
const makeRow =
  'INSERT INTO follower (name, position, epoch, owner, expires_at_ms)' +
  ' VALUES (?, ?, ?, NULL, 0) ON CONFLICT (name) DO NOTHING';

/** Letting go raises the epoch: a save that is still under way must not land after it. */
const release =
  'UPDATE follower SET owner = NULL, expires_at_ms = 0, epoch = epoch + 1' +
  ' WHERE name = ? AND owner = ?';
const handOver =
  'UPDATE follower SET owner = ?, expires_at_ms = ?, epoch = epoch + 1' +
  ' WHERE name = ? AND owner = ?';
const waitNoLonger = 'DELETE FROM lease_waiting WHERE name = ? AND owner = ?';
const waitForIt =
  'INSERT INTO lease_waiting (name, owner, until_ms) VALUES (?, ?, ?)' +
  ' ON CONFLICT (name, owner) DO UPDATE SET until_ms = excluded.until_ms';
const selectWaiting = 'SELECT owner, until_ms FROM lease_waiting WHERE name = ? ORDER BY owner';
const forgetWaiting = 'DELETE FROM lease_waiting WHERE name = ? AND until_ms <= ?';

export type Acquire = {
  readonly lease: string;
  readonly owner: string;
  readonly forMs: number;
  readonly division: Division | null;
};

/** Leases are about which process lives, so they use the store's clock and never the domain's. */
export function* acquire(
  { lease, owner, forMs, division }: Acquire,
  dialect: FollowersDialect,
): Steps<Lease | null> {
  const atMs = yield* nowMs(dialect);
  if (division !== null) yield* divide(division, atMs, dialect);
  let found = yield* held(lease, dialect.forUpdate);
  if (found === null) {
    yield* ask(makeRow, [lease, null, 0]);
    found = yield* held(lease, dialect.forUpdate);
  }
  const { epoch: before = 0, owner: holder = null, expiresAtMs = 0 } = found ?? {};
  if (holder !== null && holder !== owner && expiresAtMs > atMs) {
    yield* ask(waitForIt, [lease, owner, atMs + Math.floor(forMs / 2)]);
    return null;
  }
  // Whoever comes back before anybody else led has missed nothing, and keeps the epoch.
  const epoch = holder === owner ? before : before + 1;
  yield* ask(saveLease, [epoch, owner, atMs + forMs, lease]);
  return { epoch, waiting: yield* waiting(lease, owner, atMs) };
}

function* waiting(lease: string, owner: string, atMs: number): Steps<readonly string[]> {
  const rows = yield* ask(selectWaiting, [lease]);
  if (rows.some(([name]) => name === owner)) yield* ask(waitNoLonger, [lease, owner]);
  if (rows.some(([, untilMs]) => Number(untilMs) <= atMs)) yield* ask(forgetWaiting, [lease, atMs]);
  return rows
    .filter(([name, untilMs]) => name !== owner && Number(untilMs) > atMs)
    .map(([name]) => String(name));
}

export function* releaseLease({
  lease,
  owner,
}: {
  readonly lease: string;
  readonly owner: string;
}): Steps<void> {
  yield* ask(release, [lease, owner]);
  yield* ask(waitNoLonger, [lease, owner]);
}

export type HandOver = {
  readonly lease: string;
  readonly owner: string;
  readonly to: string;
  readonly forMs: number;
};

export function* handOverLease(
  { lease, owner, to, forMs }: HandOver,
  dialect: FollowersDialect,
): Steps<void> {
  const atMs = yield* nowMs(dialect);
  yield* ask(handOver, [to, atMs + forMs, lease, owner]);
}

const makeDivision =
  'INSERT INTO follower_division (follower, parts) VALUES (?, 1)' +
  ' ON CONFLICT (follower) DO NOTHING';
const selectDivision = 'SELECT parts FROM follower_division WHERE follower = ?';
const saveDivision = 'UPDATE follower_division SET parts = ? WHERE follower = ?';

/**
 * That a follower is divided into so many parts is a fact of the store, looked at by whoever asks for a
 * lease, in the same transaction: no two divisions are ever led at once.
 */
function* divide(
  { follower, parts }: Division,
  atMs: number,
  dialect: FollowersDialect,
): Steps<void> {
  const select = selectDivision + dialect.forUpdate;
  let [row] = yield* ask(select, [follower]);
  if (row === undefined) {
    yield* ask(makeDivision, [follower]);
    [row] = yield* ask(select, [follower]);
  }
  const before = Number(row?.[0] ?? 1);
  if (before === parts) return;
  yield* divideAnew({ follower, parts }, before, atMs, dialect);
  yield* ask(saveDivision, [parts, follower]);
}

/** Epochs go on from the highest that ever was: nobody of before may save into what comes now. */
function* divideAnew(
  { follower, parts }: Division,
  before: number,
  atMs: number,
  { forUpdate }: FollowersDialect,
): Steps<void> {
  const names = partNames(follower, before);
  const former: Held[] = [];
  for (const name of names) {
    const part = yield* held(name, forUpdate);
    if (part !== null) former.push(part);
  }
  if (former.some(({ owner, expiresAtMs }) => owner !== null && expiresAtMs > atMs))
    throw new DividedOtherwise(
      `${follower} is led in ${before} parts by a process that lives, and cannot be in ${parts}`,
    );
  const epoch = Math.max(0, ...former.map((part) => part.epoch)) + 1;
  for (const name of names) {
    yield* ask('DELETE FROM follower WHERE name = ?', [name]);
    yield* ask('DELETE FROM lease_waiting WHERE name = ?', [name]);
  }
  const position = former.length < names.length ? null : oldest(former);
  for (const name of partNames(follower, parts)) yield* ask(makeRow, [name, position, epoch]);
}

/** Null when one of them has not begun, or there is none. Positions of one log sort as text. */
const oldest = (parts: readonly { readonly position: string | null }[]): string | null => {
  const positions = parts.flatMap(({ position }) => (position === null ? [] : [position]));
  return positions.length < parts.length ? null : (positions.toSorted()[0] ?? null);
};

const ofFollower = "name = ? OR name LIKE ? || '%'";
const isOwned = `(${ofFollower}) AND owner IS NOT NULL`;
const selectLed = `SELECT owner, expires_at_ms FROM follower WHERE ${isOwned}`;

/** Whether any part is led. */
export function* isLed(follower: string, dialect: FollowersDialect): Steps<boolean> {
  const atMs = yield* nowMs(dialect);
  const rows = yield* ask(selectLed, [follower, partPrefix(follower)]);
  return rows.some(([, expiresAtMs]) => Number(expiresAtMs) > atMs);
}

/** Where the last of a follower's parts stands. */
export function* checkpointOfAll(follower: string): Steps<string | null> {
  const rows = yield* ask(`SELECT position FROM follower WHERE ${ofFollower}`, [
    follower,
    partPrefix(follower),
  ]);
  return oldest(
    rows.map(([position]) => ({ position: typeof position === 'string' ? position : null })),
  );
}
