import type { Config, Log } from '#edge';
import type { EventLog, EventStore, KeyRing } from '#event-store';
import type { MediaStore } from '#media';
import type { FollowerStore, RebuildProgress, ViewStore } from '#view-store';

/** Everything that outlives the process: the log, the keys, and what is derived from the log. */
export type Stores = {
  readonly events: EventStore;
  readonly keys: KeyRing;
  /** Of the log: positions of another epoch mean nothing here. */
  readonly epoch: string;
  /** Rebuilds views that are missing or outdated before it resolves. */
  readonly openViews: (opening: OpeningViews) => Promise<OpenedViews>;
  /** The files of messages. */
  readonly media: MediaStore;
  /** Who holds leases: unique among the processes that live at the same time. */
  readonly owner: string;
  /** What the log refuses because it is away, it has tried again itself: who asks need not. */
  readonly triesAgain: boolean;
  /** Why nothing can be written, or null when it can. */
  readonly writeRefusal: () => Promise<string | null> | string | null;
  /** Checks what a start cannot wait for, beside everything else. Never throws. */
  readonly checkAll: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type OpeningViews = {
  readonly log: EventLog;
  readonly onProgress: (progress: RebuildProgress) => void;
  readonly onParked: () => void;
};

export type OpenedViews = {
  readonly views: ViewStore;
  readonly followers: FollowerStore;
  readonly close: () => Promise<void>;
};

export type OpeningStores = {
  readonly config: Config;
  /** Epoch milliseconds. Serves the streams' maximum age alone. */
  readonly clock: () => number;
  readonly operatorLog: Log;
  /** This process is the whole engine, and the only one on the data directory. */
  readonly isAlone: boolean;
};
