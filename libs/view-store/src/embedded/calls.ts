import type { Cell, Position } from '#kernel';
import type { Cells, TableShape } from '../table-shape.js';
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

/** What travels between the threads: plain data, which structured clone copies. */

export type Role = 'views-writer' | 'views-reader' | 'followers' | 'followers-beside';

export type Asked = { readonly id: number; readonly call: string; readonly input: unknown };
export type Failure = {
  readonly name: string;
  readonly message: string;
  readonly cause: string | null;
};
export type Answer = {
  readonly id: number;
  readonly output: unknown;
  readonly failure: Failure | null;
};

export type Calls = { readonly [call: string]: (input: never) => unknown };
/** The calls of one open database; `close` ends it. */
export type Served = { readonly calls: Calls; readonly close: () => void };

export type OpenViews = {
  readonly file: string;
  /** Building: without indexes and without durability, for a file that is swapped in when whole. */
  readonly mode: 'live' | 'building';
  readonly fingerprint: string;
  readonly tables: readonly TableShape[];
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
  readonly open: (input: OpenViews) => { readonly position: string | null };
  readonly rows: (input: {
    readonly table: string;
    readonly keys: readonly string[];
  }) => readonly Cells[];
  readonly commit: (input: WireBatch) => void;
  /** Ends a building: the indexes. */
  readonly finish: (input: null) => void;
  /** Leaves one file without a WAL beside it; throws ViewsInUse while anybody else reads it. */
  readonly seal: (input: { readonly file: string }) => void;
};

/** Beside: another process owns the file; it must exist and is only read. */
export type OpenToRead = { readonly file: string; readonly beside: boolean };

export type ViewsReaderCalls = {
  readonly open: (input: OpenToRead) => void;
  /** From here on every query sees the views as they stand now, until the end. */
  readonly hold: (input: null) => {
    readonly position: string | null;
    readonly fingerprint: string;
  };
  readonly query: (input: { readonly sql: string; readonly parameters: readonly Cell[] }) => {
    readonly columns: readonly string[];
    readonly rows: readonly Cells[];
  };
  readonly position: (input: null) => string | null;
};

export type SaveCheckpoint = {
  readonly follower: string;
  readonly position: string;
  readonly epoch: number;
};
export type FollowersCalls = {
  readonly open: (input: { readonly file: string }) => void;
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

/** What operators may do beside the process that owns followers.db. */
export type BesideCalls = {
  /** `asks`: requests may be written; then tables that are missing are made. */
  readonly open: (input: { readonly file: string; readonly asks: boolean }) => void;
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
