import type { Position } from '#kernel';
import type { FollowerRequest, FollowerStore, ParkedItem, SkippedItem } from '../port.js';
import type {
  AskedOf,
  Asking,
  BesideCalls,
  EventToReplay,
  NamedItem,
  ReplayTally,
  StandingItem,
} from './calls.js';
import { asPosition } from './positions.js';

/** What followers remember, as it can be asked beside their process. */
export type FollowersBeside = {
  readonly checkpoint: (follower: string) => Promise<Position | null>;
  /** Whether a process is at work on it, or was within the life of a lease. */
  readonly isLed: (follower: string) => Promise<boolean>;
  readonly parked: FollowerStore['parked'];
  /** Parked items, the oldest first, without those behind others unless `behind`. */
  readonly standing: (options: {
    readonly follower: string | null;
    readonly behind: boolean;
    readonly limit: number;
  }) => Promise<readonly StandingItem[]>;
  readonly skipped: (options: {
    readonly follower: string | null;
    readonly limit: number;
  }) => Promise<readonly (SkippedItem & { readonly id: string })[]>;
  /** What has been asked and is not finished. */
  readonly pending: (limit: number) => Promise<readonly FollowerRequest[]>;
  /** The parked items that a name may mean: none, one, or by a rare chance several. */
  readonly named: (id: string) => Promise<readonly NamedItem[]>;
  readonly close: () => Promise<void>;
};

/** What may be asked of followers: theirs is the process that does it, at its next start if need be. */
export type FollowersAsked = FollowersBeside & {
  /** Everything that is parked, of one follower or (null) of all. */
  readonly askRetries: (follower: string | null, asking: Asking) => Promise<AskedOf>;
  /** An item; with one that blocks its key everything of that key. */
  readonly askRetry: (item: ParkedItem, asking: Asking) => Promise<void>;
  readonly askSkip: (item: ParkedItem, asking: Asking) => Promise<void>;
  /** Events as a part of the replay of that name, which begins with its first part. */
  readonly askReplay: (
    replay: string,
    events: readonly EventToReplay[],
    asking: Asking,
  ) => Promise<void>;
  /** What has come of a replay so far. */
  readonly replayed: (replay: string) => Promise<ReplayTally>;
  /** Forgets a replay, and takes back what has not been done of it. */
  readonly endReplay: (replay: string) => Promise<void>;
};

/** Whoever does the calls: a thread of SQLite's, or PostgreSQL's connections. */
export type BesideDatabase = {
  readonly call: <Name extends keyof BesideCalls>(
    call: Name,
    input: Parameters<BesideCalls[Name]>[0],
  ) => Promise<ReturnType<BesideCalls[Name]>>;
  readonly close: () => Promise<void>;
};

export const reading = ({ call, close }: BesideDatabase): FollowersBeside => ({
  checkpoint: async (follower) => asPosition(await call('checkpoint', { follower })),
  isLed: (follower) => call('isLed', { follower }),
  parked: ({ follower = null, limit }) => call('parked', { follower, limit }),
  standing: (options) => call('standing', options),
  skipped: (options) => call('skipped', options),
  pending: (limit) => call('pending', { limit }),
  named: (id) => call('named', { id }),
  close,
});

export const asked = (database: BesideDatabase): FollowersAsked => ({
  ...reading(database),
  askRetries: (follower, asking) => database.call('askRetries', { follower, ...asking }),
  askRetry: (item, asking) => database.call('askRetry', { item, ...asking }),
  askSkip: (item, asking) => database.call('askSkip', { item, ...asking }),
  askReplay: (replay, events, asking) => database.call('askReplay', { replay, events, ...asking }),
  replayed: (replay) => database.call('replayed', { replay }),
  endReplay: (replay) => database.call('endReplay', { replay }),
});
