import type { Position } from '#kernel';
import type {
  FollowerRequest,
  FollowerStore,
  ParkedItem,
  ReadableViews,
  SkippedItem,
} from '../port.js';
import type {
  AskedOf,
  Asking,
  EventToReplay,
  NamedItem,
  ReplayTally,
  StandingItem,
} from '../database/calls.js';
import type { BesideFileCalls, ViewsFileReaderCalls } from './calls.js';
import { followersFile } from './files.js';
import { exists } from './swap.js';
import { Thread } from './thread.js';
import { asPosition, rowsFrom } from '../database/row-codec.js';

/** The views of one moment. Its `position` and every query belong to that moment. */
export type ViewsSnapshot = ReadableViews & {
  readonly position: Position | null;
  readonly fingerprint: string;
  readonly close: () => Promise<void>;
};

/**
 * The views in `file` as they stand now, beside whoever writes them on; null when there is no such
 * file. Writes nothing. Its owner's WAL grows until it is closed. Throws ViewsUnreadable.
 */
export const openViewsSnapshot = async (file: string): Promise<ViewsSnapshot | null> => {
  if (!(await exists(file))) return null;
  const reader = new Thread<ViewsFileReaderCalls>('views-reader');
  try {
    await reader.call('open', { file, beside: true });
    const { position, fingerprint } = await reader.call('hold', null);
    return {
      position: asPosition(position),
      fingerprint,
      query: async (sql, parameters) =>
        rowsFrom(await reader.call('query', { organisation: null, sql, parameters })),
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
};

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

/** What the followers of `directory` remember; null when none has run there. Writes nothing. */
export const openFollowersBeside = async (directory: string): Promise<FollowersBeside | null> => {
  const thread = await openThread(directory, false);
  return thread && reading(thread);
};

/** The same, for whoever wants something of them; null when none has run there. */
export const openFollowersToAsk = async (directory: string): Promise<FollowersAsked | null> => {
  const thread = await openThread(directory, true);
  if (thread === null) return null;
  return {
    ...reading(thread),
    askRetries: (follower, asking) => thread.call('askRetries', { follower, ...asking }),
    askRetry: (item, asking) => thread.call('askRetry', { item, ...asking }),
    askSkip: (item, asking) => thread.call('askSkip', { item, ...asking }),
    askReplay: (replay, events, asking) => thread.call('askReplay', { replay, events, ...asking }),
    replayed: (replay) => thread.call('replayed', { replay }),
    endReplay: (replay) => thread.call('endReplay', { replay }),
  };
};

const openThread = async (
  directory: string,
  asks: boolean,
): Promise<Thread<BesideFileCalls> | null> => {
  const file = followersFile(directory);
  if (!(await exists(file))) return null;
  const thread = new Thread<BesideFileCalls>('followers-beside');
  try {
    await thread.call('open', { file, asks });
    return thread;
  } catch (error) {
    await thread.close();
    throw error;
  }
};

const reading = (thread: Thread<BesideFileCalls>): FollowersBeside => ({
  checkpoint: async (follower) => asPosition(await thread.call('checkpoint', { follower })),
  isLed: (follower) => thread.call('isLed', { follower }),
  parked: ({ follower = null, limit }) => thread.call('parked', { follower, limit }),
  standing: (options) => thread.call('standing', options),
  skipped: (options) => thread.call('skipped', options),
  pending: (limit) => thread.call('pending', { limit }),
  named: (id) => thread.call('named', { id }),
  close: () => thread.close(),
});
