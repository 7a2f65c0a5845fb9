import { comparePositions, type Position } from '#kernel';
import { createEventLog, type EventLog } from '#event-store';
import { catalogues } from '#platform';
import type { LogBeside } from '../place/place.js';

export type ReadLog = Pick<EventLog, 'head' | 'readAll'>;

/**
 * The log as it stood at `until` (null: before the first event), whatever is appended meanwhile. Its
 * readers are ended, by a throw, once the signal aborts.
 */
export const logAsOf = (
  { store, keys }: Pick<LogBeside, 'store' | 'keys'>,
  until: Position | null,
  signal: AbortSignal,
): ReadLog => {
  const log = createEventLog({ store, keys, catalogues });
  return {
    head: async () => until,
    readAll: async function* (options) {
      if (until === null) return;
      for await (const event of log.readAll(options)) {
        signal.throwIfAborted();
        if (comparePositions(event.position, until) > 0) return;
        yield event;
      }
    },
  };
};
