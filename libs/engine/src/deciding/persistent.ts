import { StoreUnavailable } from '#event-store';
import { backoffMs, type Backoff } from '../backoff.js';
import type { Chance, Timer } from '../ports.js';

/** Repeats `attempt` while the log cannot be reached; any other error, and the last, is thrown. */
export const persistent = async <T>(
  attempt: () => Promise<T>,
  { chance, timer }: { readonly chance: Chance; readonly timer: Timer },
  { repeats, backoff }: { readonly repeats: number; readonly backoff: Backoff },
): Promise<T> => {
  for (let repeat = 1; repeat <= repeats; repeat += 1)
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await timer.sleep(backoffMs(repeat, backoff, chance));
    }
  return attempt();
};
