import type { StreamMetadata } from '../port.js';
import { oldestShown, tooOldAt } from '../retention.js';
import type { Statements } from './database.js';
import type { EventRow, Page, ReadAllRequest, ReadStreamRequest } from './protocol.js';

/** How much of the log one filtered read looks through, so that it never holds the worker long. */
const LOOKED_THROUGH_MAX = 10_000;

const EVENT = 'e.position, s.name, e.revision, e.id, e.type, e.data, e.metadata';
const EVENTS = 'FROM events e JOIN streams s ON s.id = e.stream';

const eventsOf = (
  statements: Statements,
  sql: string,
  values: readonly (string | number)[],
): readonly EventRow[] => statements.rows(sql, values) as unknown as readonly EventRow[];

/** What was set for a stream, `{}` when nothing was. */
export const metadataOf = (statements: Statements, stream: string): StreamMetadata => {
  const sql = 'SELECT max_age_seconds, max_count, truncate_before FROM streams WHERE name = ?';
  const [maxAge, maxCount, truncateBefore] = statements.rows(sql, [stream])[0] ?? [];
  return {
    ...(typeof maxAge === 'number' ? { maxAgeSeconds: maxAge } : {}),
    ...(typeof maxCount === 'number' ? { maxCount } : {}),
    ...(typeof truncateBefore === 'string' ? { truncateBefore: BigInt(truncateBefore) } : {}),
  };
};

/** One page of a stream, without what its metadata has let go. A short page is the last. */
export const readStreamPage = (
  statements: Statements,
  stream: { readonly id: number; readonly name: string; readonly revision: number },
  request: ReadStreamRequest,
): readonly EventRow[] => {
  const metadata = metadataOf(statements, stream.name);
  const oldest = oldestShown(metadata, stream.revision);
  const tooOld = Math.max(tooOldAt(metadata, request.now), Number.MIN_SAFE_INTEGER);
  const [low, high, order] = request.backwards
    ? [oldest, request.from, 'DESC']
    : [Math.max(oldest, request.from), Number.MAX_SAFE_INTEGER, 'ASC'];
  const sql = `SELECT ${EVENT} ${EVENTS} WHERE e.stream = ? AND e.revision BETWEEN ? AND ?
    AND e.written_at > ? ORDER BY e.revision ${order} LIMIT ?`;
  return eventsOf(statements, sql, [stream.id, low, high, tooOld, request.count]);
};

/** One page of the log. `readTo` is how far it was looked through, matching or not. */
export const readLogPage = (
  statements: Statements,
  head: number,
  { backwards, after, prefixes, types, count }: ReadAllRequest,
): Page => {
  const isFiltered = prefixes.length > 0 || types.length > 0;
  const reach = isFiltered ? LOOKED_THROUGH_MAX : count;
  const start = backwards ? Math.min(after, head + 1) : after;
  const end = backwards ? Math.max(start - reach, 1) : Math.min(start + reach, head);
  const [low, high, order] = backwards ? [end, start - 1, 'DESC'] : [start + 1, end, 'ASC'];
  const matching = prefixes.map(() => 'substr(s.name, 1, length(?)) = ?').join(' OR ');
  const ofStreams = prefixes.length === 0 ? '' : `AND (${matching})`;
  const ofTypes = types.length === 0 ? '' : `AND e.type IN (${types.map(() => '?').join(', ')})`;
  const sql = `SELECT ${EVENT} ${EVENTS} WHERE e.position BETWEEN ? AND ? ${ofTypes} ${ofStreams}
    ORDER BY e.position ${order} LIMIT ?`;
  const named = [...types, ...prefixes.flatMap((prefix) => [prefix, prefix])];
  const values = [low, high, ...named, count];
  const rows = low > high ? [] : eventsOf(statements, sql, values);
  // A full page may have stopped before the end of its reach.
  const last = rows.length < count ? end : (rows.at(-1)?.[0] ?? end);
  const readTo = backwards ? Math.min(last, start) : Math.max(last, start);
  return { rows, readTo, atEnd: backwards ? readTo <= 1 : readTo >= head };
};
