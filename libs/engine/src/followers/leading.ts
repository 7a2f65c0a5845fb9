import { aborted } from '../signals.js';
import { Leadership } from './leadership.js';
import type { LeadershipTools, Tenure } from './tools.js';

export type Leading = {
  readonly start: () => void;
  /** Ends what runs and lets the lease go. */
  readonly stop: () => Promise<void>;
};

/**
 * Work that one process does at a time, though it is no follower: `run` is called whenever this process
 * gets the lease `name`, and is to end when its signal aborts, because the lease is lost or handed over, or
 * the process stops. What it throws is told, and it is called again. Nothing fences what it writes:
 * the work must bear being done twice for as long as a stopped process takes to notice.
 */
export const leading = (
  name: string,
  tools: LeadershipTools,
  run: (signal: AbortSignal) => Promise<void>,
): Leading => {
  const serve = async ({ ending }: Tenure): Promise<void> => {
    await run(ending);
    // Who has nothing more to do keeps the others from doing it.
    await aborted(ending);
  };
  const leadership = new Leadership({ lease: name, follower: name, division: null }, serve, tools);
  return { start: () => leadership.start(), stop: () => leadership.stop() };
};
