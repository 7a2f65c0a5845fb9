import { epochMs, type Position } from '#kernel';
import type { EventLog } from '#event-store';
import { streamPrefixes, type ViewStore } from '#view-store';
import { readModel } from './composition.js';

/** Views that do not come level with the log in this time are too old to be shown. */
const levelWithinMs = 1_500;
/** More are not counted. */
const eventsCountedMax = 1_000;
const secondMs = 1_000;

/** How far the views are behind the log, in words for operators; null when they are level with it. */
export const lagOfViews = async (
  log: EventLog,
  views: ViewStore,
  nowMs: number,
): Promise<string | null> => {
  // Level or not, they must be there to be asked.
  await views.all.query('SELECT 1 AS one', []);
  const head = await log.head();
  if (head === null || (await views.reached(head, levelWithinMs))) return null;
  return lagFrom(log, views.position(), nowMs);
};

const lagFrom = async (
  log: EventLog,
  position: Position | null,
  nowMs: number,
): Promise<string | null> => {
  const after = position === null ? {} : { after: position };
  const prefixes = streamPrefixes(readModel);
  const page = { prefixes, maxCount: eventsCountedMax + 1 };
  let oldestMs: number | null = null;
  let count = 0;
  for await (const { metadata } of log.readAll({ direction: 'forwards', ...after, ...page })) {
    oldestMs ??= epochMs(metadata.recordedAt);
    count += 1;
  }
  if (oldestMs === null) return null;
  const seconds = Math.max(0, Math.round((nowMs - oldestMs) / secondMs));
  const events = count > eventsCountedMax ? `more than ${eventsCountedMax} events` : plural(count);
  return `views are ${events} behind the log, the first of them for ${seconds} s`;
};

const plural = (count: number): string => `${count} event${count === 1 ? '' : 's'}`;
