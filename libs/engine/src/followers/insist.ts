import { LeaseLost } from '#view-store';
import { backoffMs } from '../backoff.js';
import type { FollowerTools, Term } from './tools.js';

/**
 * Asks the follower store until it answers: what it must remember cannot be skipped. Ends by throwing
 * only LeaseLost, or the signal's reason once the term is over.
 */
export const insist = async <T>(
  ask: () => Promise<T>,
  term: Term,
  { timer, chance, limits, notify }: FollowerTools,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    term.over.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (error instanceof LeaseLost) {
        term.lost();
        throw error;
      }
      notify({ kind: 'store-failed', follower: term.follower, error });
      await timer.sleep(backoffMs(attempt, limits.backoff, chance), term.over);
    }
  }
};
