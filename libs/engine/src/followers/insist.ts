import { LeaseLost } from '#view-store';
import { backoffMs } from '../backoff.js';
import type { FollowerTools, Term } from './tools.js';

/**
 * Asks the follower store until it answers: what it must remember cannot be skipped. Throws LeaseLost,
 * the signal's reason once the term is over, and the store's own error when it still fails while the
 * term is ending: a stop does not wait for a store that is gone.
 */
export const insist = async <T>(
  ask: () => Promise<T>,
  term: Term,
  { timer, chance, limits, notify }: FollowerTools,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    term.over.throwIfAborted();
    try {
      await term.sure();
      return await ask();
    } catch (error) {
      if (error instanceof LeaseLost) {
        term.lost();
        throw error;
      }
      notify({ kind: 'store-failed', follower: term.follower, error });
      if (term.ending.aborted && attempt >= limits.attempts) throw error;
      await timer.sleep(backoffMs(attempt, limits.backoff, chance), term.over);
    }
  }
};
