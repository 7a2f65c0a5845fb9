import { comparePositions, type Position, type Recorded } from '#kernel';
import type { EventLog } from '#event-store';

/**
 * The event at a position of a stream; null when the stream no longer shows it. Halves the stream at
 * each step, for positions grow with revisions. Throws the log's own errors.
 */
export const eventAt = async (
  log: Pick<EventLog, 'readStream'>,
  stream: string,
  position: Position,
): Promise<Recorded | null> => {
  const newest = await first(log.readStream(stream, { direction: 'backwards', maxCount: 1 }));
  if (newest === null) return null;
  let [low, high] = [0n, newest.revision];
  while (low <= high) {
    const from = (low + high) / 2n;
    const options = { direction: 'forwards', from, maxCount: 1 } as const;
    const found = await first(log.readStream(stream, options));
    if (found === null) return null;
    const order = comparePositions(found.position, position);
    if (order === 0) return found;
    if (order < 0) low = found.revision + 1n;
    else high = from - 1n;
  }
  return null;
};

const first = async (events: AsyncIterable<Recorded>): Promise<Recorded | null> => {
  for await (const event of events) return event;
  return null;
};
