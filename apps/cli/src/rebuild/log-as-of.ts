import { comparePositions, type Position } from '#kernel';
import { createEventLog, type EventLog } from '#event-store';
import { catalogues } from '#platform';
import type { LogBeside } from '../place/place.js';

export type ReadLog = Pick<EventLog, 'head' | 'readAll'>;

type Beside = Pick<LogBeside, 'store' | 'keys'>;

/** The log, however it grows. Its readers are ended, by a throw, once the signal aborts. */
export const logUntilAborted = ({ store, keys }: Beside, signal: AbortSignal): ReadLog => {
  const log = createEventLog({ store, keys, catalogues });
  return {
    head: () => {
      signal.throwIfAborted();
      return log.head();
    },
    readAll: async function* (options) {
      for await (const event of log.readAll(options)) {
        signal.throwIfAborted();
        yield event;
      }
    },
  };
};

/** The same as it stood at `until` (null: before the first event), whatever is appended meanwhile. */
export const logAsOf = (beside: Beside, until: Position | null, signal: AbortSignal): ReadLog => {
  const log = logUntilAborted(beside, signal);
  return {
    head: async () => until,
    readAll: async function* (options) {
      if (until === null) return;
      for await (const event of log.readAll(options)) {
        if (comparePositions(event.position, until) > 0) return;
        yield event;
      }
    },
  };
};
