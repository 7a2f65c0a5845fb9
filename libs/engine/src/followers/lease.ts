import type { FollowerTools } from './tools.js';

/** Renewed three times in its life, so that one failed renewal loses nothing. */
const RENEWALS = 3;

/**
 * Holds the lease of `follower` until `signal` aborts, and calls `lost` once it is not ours any more:
 * taken by another owner, given to us anew in another epoch, or not renewed for its whole life.
 */
export const keepLease = async (
  follower: string,
  epoch: number,
  lost: () => void,
  signal: AbortSignal,
  { store, timer, owner, limits, notify }: FollowerTools,
): Promise<void> => {
  let renewedAtMs = timer.monotonicMs();
  while (!signal.aborted) {
    await timer.sleep(limits.leaseMs / RENEWALS, signal).catch(() => {});
    if (signal.aborted) return;
    const askedAtMs = timer.monotonicMs();
    try {
      const lease = await store.acquireLease(follower, owner, limits.leaseMs);
      if (lease?.epoch !== epoch) return lost();
      renewedAtMs = askedAtMs;
    } catch (error) {
      notify({ kind: 'store-failed', follower, error });
      if (timer.monotonicMs() - renewedAtMs >= limits.leaseMs) return lost();
    }
  }
};
