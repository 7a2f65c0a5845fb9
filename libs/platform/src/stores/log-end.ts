import { comparePositions, type Position } from '#kernel';
import { LogCorrupted } from '#event-store';

type Log = { readonly head: () => Promise<Position | null> };
type Views = { readonly position: () => Position | null };

/**
 * What the views have seen stood on the log and was synced. A log that ends before has lost its end (a
 * file that was cut off, an older copy), and its own checksums cannot tell. Throws LogCorrupted.
 */
export const checkEnd = async (log: Log, views: Views): Promise<void> => {
  const [head, seen] = [await log.head(), views.position()];
  if (seen === null || (head !== null && comparePositions(seen, head) <= 0)) return;
  const end = head === null ? 'the log is empty' : `the log ends at ${head}`;
  throw new LogCorrupted(
    seen,
    `${end}, and the views have seen more of it: bring back the log, or give up what is missing ` +
      'by `casement rebuild`',
  );
};
