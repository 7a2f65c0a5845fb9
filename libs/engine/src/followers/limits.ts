import type { Backoff } from '../backoff.js';
import type { PartitionLimits } from './partitioned-work.js';

export type FollowerLimits = PartitionLimits & {
  /** Parts of each follower, by its keys, that different processes may lead; the same in all of them. */
  readonly parts: number;
  /** Wall time after which a lease that is not renewed may be taken by another process. */
  readonly leaseMs: number;
  /** A checkpoint is saved after so many events, or so much time, whichever comes first. */
  readonly checkpointEvents: number;
  readonly checkpointMs: number;
  /** How often an item is tried before it is parked, faults of the infrastructure not counted. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Items that wait aside for a fact which has not arrived; then the reader waits for room. */
  readonly itemsAside: number;
  /** While more than so many wait aside, each is looked at once more, and then parked. */
  readonly itemsAsidePatiently: number;
  /** How long a stop waits for what has begun, and then for those it has told to give up. */
  readonly stopMs: number;
  readonly forcedStopMs: number;
  /** What one event may ask for at once; the rest is parked as one item, which a retry works. */
  readonly itemsPerEvent: number;
  /** How often it is looked for what operators ask, and how much of it is taken at once. */
  readonly requestsMs: number;
  readonly requestsAtOnce: number;
  /** How many parked items of a key are fetched at once while they are retried. */
  readonly parkedAtOnce: number;
};

/** What the engine is built for; specs choose smaller ones. */
export const followerLimits: FollowerLimits = {
  keysAtOnce: 64,
  itemsInFlight: 1_000,
  parts: 1,
  leaseMs: 10_000,
  checkpointEvents: 500,
  checkpointMs: 50,
  attempts: 5,
  backoff: { firstMs: 50, maxMs: 5_000 },
  itemsAside: 10_000,
  itemsAsidePatiently: 5_000,
  stopMs: 10_000,
  forcedStopMs: 1_000,
  itemsPerEvent: 1_000,
  requestsMs: 1_000,
  requestsAtOnce: 500,
  parkedAtOnce: 1_000,
};
