import type { Position } from '#kernel';
import type {
  DeadlinePage,
  Division,
  FinishedRequest,
  FollowerRequest,
  ItemName,
  Lease,
  ParkedItem,
  ParkedOfEvent,
  RequestsFrom,
  SkippedItem,
  StoredDeadline,
} from '../port.js';

/** The calls that both databases of followers serve, as plain data. */

export type SaveCheckpoint = {
  readonly part: string;
  readonly position: string;
  readonly epoch: number;
};
export type FollowersCalls = {
  readonly checkpoint: (input: { readonly part: string }) => string | null;
  readonly saveCheckpoint: (input: SaveCheckpoint) => void;
  readonly acquireLease: (input: {
    readonly lease: string;
    readonly owner: string;
    readonly forMs: number;
    readonly division: Division | null;
  }) => Lease | null;
  readonly releaseLease: (input: { readonly lease: string; readonly owner: string }) => void;
  readonly handOverLease: (input: {
    readonly lease: string;
    readonly owner: string;
    readonly to: string;
    readonly forMs: number;
  }) => void;
  readonly park: (input: ParkedItem) => void;
  readonly blockedKeys: (input: { readonly follower: string }) => readonly string[];
  readonly parked: (input: {
    readonly follower: string | null;
    readonly limit: number;
  }) => readonly ParkedItem[];
  readonly unpark: (input: {
    readonly follower: string;
    readonly eventId: string;
    readonly item: string;
  }) => void;
  readonly parkedCount: (input: { readonly follower: string }) => number;
  readonly parkedUnder: (input: {
    readonly follower: string;
    readonly key: string;
    readonly limit: number;
  }) => readonly ParkedItem[];
  readonly parkedOf: (input: {
    readonly follower: string;
    readonly eventId: string;
  }) => ParkedOfEvent;
  readonly skippedAfter: (input: {
    readonly follower: string;
    readonly position: string | null;
  }) => readonly ItemName[];
  readonly requests: (
    input: RequestsFrom & { readonly follower: string; readonly limit: number },
  ) => readonly FollowerRequest[];
  readonly askParts: (input: Omit<FollowerRequest, 'id'>) => number;
  readonly finish: (input: readonly FinishedRequest[]) => void;
  readonly skip: (input: FollowerRequest) => void;
  readonly deadlines: (
    input: DeadlinePage & { readonly follower: string },
  ) => readonly StoredDeadline[];
  readonly saveDeadlines: (
    input: SaveCheckpoint & {
      readonly follower: string;
      readonly changes: readonly {
        readonly key: string;
        readonly due: Omit<StoredDeadline, 'key'> | null;
      }[];
    },
  ) => void;
};

/** A parked item with the name by which people call it, and how many wait behind it. */
export type StandingItem = ParkedItem & { readonly id: string; readonly waiting: number };

/** An item by its name, with whichever stands first of those that block its key, if it blocks. */
export type NamedItem = { readonly item: ParkedItem; readonly first: ParkedItem | null };

export type Asking = { readonly by: string; readonly atMs: number };
export type AskedOf = { readonly keys: number; readonly items: number };
export type EventToReplay = {
  readonly follower: string;
  readonly eventId: string;
  readonly stream: string;
  readonly position: Position;
};
export type ReplayTally = {
  readonly done: number;
  readonly items: number;
  readonly parked: number;
};

/** What operators may do beside the processes whose followers these are. */
export type BesideCalls = {
  readonly checkpoint: (input: { readonly follower: string }) => string | null;
  readonly isLed: (input: { readonly follower: string }) => boolean;
  readonly parked: FollowersCalls['parked'];
  readonly standing: (input: {
    readonly follower: string | null;
    readonly behind: boolean;
    readonly limit: number;
  }) => readonly StandingItem[];
  readonly skipped: (input: {
    readonly follower: string | null;
    readonly limit: number;
  }) => readonly (SkippedItem & { readonly id: string })[];
  readonly pending: (input: { readonly limit: number }) => readonly FollowerRequest[];
  readonly named: (input: { readonly id: string }) => readonly NamedItem[];
  readonly askRetries: (input: Asking & { readonly follower: string | null }) => AskedOf;
  readonly askRetry: (input: Asking & { readonly item: ParkedItem }) => void;
  readonly askSkip: (input: Asking & { readonly item: ParkedItem }) => void;
  readonly askReplay: (
    input: Asking & { readonly replay: string; readonly events: readonly EventToReplay[] },
  ) => void;
  readonly replayed: (input: { readonly replay: string }) => ReplayTally;
  /** Takes back what has not been done of a replay. */
  readonly endReplay: (input: { readonly replay: string }) => void;
};
