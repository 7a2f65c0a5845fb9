import type { EventStore, KeyRing } from '#event-store';
import type { FollowersAsked, FollowersBeside } from '#view-store';

/** The log as a verb reads it, beside whoever writes. */
export type LogBeside = {
  readonly store: EventStore;
  readonly keys: KeyRing;
  /** Of the log: positions of another epoch mean nothing here. */
  readonly epoch: string;
  readonly close: () => Promise<void>;
};

/** Where an engine keeps what it knows: a directory of its own, or stores that many share. */
export type Place = {
  /** What a person would call it, after "in". */
  readonly name: string;
  /** What mends it when nothing is found there. */
  readonly otherwise: string;
  /** Null when there is none. `clock` serves the streams' age alone. */
  readonly openLog: (clock?: () => number) => Promise<LogBeside | null>;
  /** What the followers remember; null when none has run there. */
  readonly openFollowers: () => Promise<FollowersBeside | null>;
  /** The same, for whoever wants something of them. */
  readonly openFollowersToAsk: () => Promise<FollowersAsked | null>;
  /** Whether an engine is at work there. */
  readonly isRunning: () => Promise<boolean>;
};
