import type { StoredDeadline } from '../port.js';
import type { FollowersCalls } from './calls.js';
import { saveCheckpoint } from './leases.js';
import { ask, askAll, type FollowersDialect, type Steps } from './steps.js';

const selectDeadlines =
  'SELECT deadline_key, due_at_ms, cause_id, command FROM deadline WHERE follower = ?' +
  ' AND (due_at_ms, deadline_key) > (?, ?) ORDER BY due_at_ms, deadline_key LIMIT ?';
/** Before every place: no key is empty. */
const start = { dueAtMs: Number.MIN_SAFE_INTEGER, key: '' };

export function* deadlines({
  follower,
  after,
  limit,
}: Parameters<FollowersCalls['deadlines']>[0]): Steps<readonly StoredDeadline[]> {
  const { dueAtMs: afterMs, key: afterKey } = after ?? start;
  const rows = yield* ask(selectDeadlines, [follower, afterMs, afterKey, limit]);
  return rows.map(([key, dueAtMs, causeId, command]) => ({
    key: String(key),
    dueAtMs: Number(dueAtMs),
    causeId: String(causeId),
    command: String(command),
  }));
}

const saveDeadline =
  'INSERT INTO deadline (follower, deadline_key, due_at_ms, cause_id, command)' +
  ' VALUES (?, ?, ?, ?, ?) ON CONFLICT (follower, deadline_key) DO UPDATE SET' +
  ' due_at_ms = excluded.due_at_ms, cause_id = excluded.cause_id, command = excluded.command';
const clearDeadline = 'DELETE FROM deadline WHERE follower = ? AND deadline_key = ?';

export function* saveDeadlines(
  { follower, changes, ...save }: Parameters<FollowersCalls['saveDeadlines']>[0],
  dialect: FollowersDialect,
): Steps<void> {
  yield* saveCheckpoint(save, dialect);
  yield* askAll(
    changes.map(({ key, due }) =>
      due === null
        ? { sql: clearDeadline, parameters: [follower, key] }
        : {
            sql: saveDeadline,
            parameters: [follower, key, due.dueAtMs, due.causeId, due.command],
          },
    ),
  );
}
