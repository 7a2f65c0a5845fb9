import type { Log } from '#edge';
import type { FollowerNote } from '#engine';

/** Writes what followers want an operator to read. */
export const notesTo =
  (operatorLog: Log) =>
  (note: FollowerNote): void => {
    if (note.kind === 'parked') {
      const { follower, reason } = note.item;
      operatorLog.warn({ follower, reason }, 'an item was parked');
      return;
    }
    if (note.kind === 'divided-otherwise') {
      const why = 'waits until the workers with another CASEMENT_PARTITIONS have gone';
      operatorLog.warn({ follower: note.follower }, why);
      return;
    }
    const error = 'error' in note ? { error: note.error } : {};
    operatorLog.warn({ follower: note.follower, ...error }, note.kind);
  };
