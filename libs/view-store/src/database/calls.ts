import type { Cell, Position } from '#kernel';
import type { Cells } from '../table-shape.js';
import type {
  DeadlinePage,
  FinishedRequest,
  FollowerRequest,
  ItemName,
  ParkedItem,
  ParkedOfEvent,
  SkippedItem,
  StoredDeadline,
} from '../port.js';
import type { Awaitable } from './connection.js';

/**
 * What may be asked of a database: plain data, so that a call may cross to another thread. Whoever
 * asks is told by a promise, whatever the database is.
 */
export type Calls = { readonly [call: string]: (input: never) => unknown };

/** Whoever performs calls: a database that answers at once does so, another by a promise. */
export type Serving<Of extends Calls> = {
  readonly [Call in keyof Of]: (input: Parameters<Of[Call]>[0]) => Awaitable<ReturnType<Of[Call]>>;
};

/** Whoever may ask; its calls throw ViewStoreUnavailable besides what each call throws. */
export type Caller<Of extends Calls> = {
  readonly call: <Name extends keyof Of & string>(
    call: Name,
    input: Parameters<Of[Name]>[0],
  ) => Promise<ReturnType<Of[Name]>>;
  readonly close: () => Promise<void>;
};

export type TableChanges = {
  readonly table: string;
  readonly upserts: readonly Cells[];
  readonly deletes: readonly string[];
};
export type WireBatch = {
  readonly after: string | null;
  readonly position: string;
  readonly changes: readonly TableChanges[];
};
export type ViewsWriterCalls = {
  readonly rows: (input: {
    readonly table: string;
    readonly keys: readonly string[];
  }) => readonly Cells[];
  readonly commit: (input: WireBatch) => void;
  /** Ends a building: the indexes. */
  readonly finish: (input: null) => void;
};

export type ViewsReaderCalls = {
  readonly query: (input: {
    /** Whose rows may be seen; null: everybody's, where whoever asks may see them. */
    readonly organisation: string | null;
    readonly sql: string;
    readonly parameters: readonly Cell[];
  }) => { readonly columns: readonly string[]; readonly rows: readonly Cells[] };
  readonly position: (input: null) => string | null;
};

export type SaveCheckpoint = {
  readonly follower: string;
  readonly position: string;
  readonly epoch: number;
};
export type FollowersCalls = {
  readonly checkpoint: (input: { readonly follower: string }) => string | null;
  readonly saveCheckpoint: (input: SaveCheckpoint) => void;
  readonly acquireLease: (input: {
    readonly follower: string;
    readonly owner: string;
    readonly forMs: number;
  }) => { readonly epoch: number } | null;
  readonly releaseLease: (input: { readonly follower: string; readonly owner: string }) => void;
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
  readonly requests: (input: {
    readonly follower: string;
    readonly limit: number;
  }) => readonly FollowerRequest[];
  readonly finish: (input: readonly FinishedRequest[]) => void;
  readonly skip: (input: FollowerRequest) => void;
  readonly deadlines: (
    input: DeadlinePage & { readonly follower: string },
  ) => readonly StoredDeadline[];
  readonly saveDeadlines: (
    input: SaveCheckpoint & {
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

/** What operators may do beside the processes of the followers. */
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
