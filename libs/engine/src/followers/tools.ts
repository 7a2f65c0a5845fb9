import type { CommandContext, Deadlines, Dispatcher, Policy } from '#kernel';
import type { EventLog } from '#event-store';
import type { FollowerStore, ParkedItem, Part } from '#view-store';
import type { Chance, Clock, Timer } from '../ports.js';
import type { FollowerLimits } from './limits.js';

/** Followers that the runtime runs; projections are run by the view store, in batches. */
export type RunFollower = Policy | Deadlines | Dispatcher;

/** Gives a command to whoever decides it. Rejections are outcomes, not errors: it then resolves. */
export type Execute = (command: unknown, context: CommandContext) => Promise<void>;

/** What an operator wants to read in the log. */
export type FollowerNote =
  | { readonly kind: 'parked'; readonly item: ParkedItem }
  | { readonly kind: 'retrying'; readonly follower: string; readonly error: unknown }
  | { readonly kind: 'reading-failed'; readonly follower: string; readonly error: unknown }
  | { readonly kind: 'store-failed'; readonly follower: string; readonly error: unknown }
  | { readonly kind: 'lease-lost'; readonly follower: string }
  /** Another process has divided the follower into another number of parts; this one waits. */
  | { readonly kind: 'divided-otherwise'; readonly follower: string; readonly error: unknown }
  | { readonly kind: 'stop-timed-out'; readonly follower: string };

export type FollowerTools = {
  readonly log: EventLog;
  readonly store: FollowerStore;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly chance: Chance;
  readonly execute: Execute;
  readonly notify: (note: FollowerNote) => void;
  /** Who holds the leases: unique among the processes that live at the same time. */
  readonly owner: string;
  readonly limits: FollowerLimits;
};

/** What it takes to hold a lease. */
export type LeadershipTools = Pick<
  FollowerTools,
  'store' | 'timer' | 'chance' | 'owner' | 'notify'
> & { readonly limits: Pick<FollowerLimits, 'leaseMs' | 'backoff'> };

/** One stretch of time under one lease. */
export type Tenure = {
  readonly epoch: number;
  /** Aborts when nothing new is to be begun. */
  readonly ending: AbortSignal;
  /** Aborts when what has begun is to be given up as well. */
  readonly over: AbortSignal;
  /** Told when the store says that another process leads. */
  readonly lost: () => void;
  /**
   * Resolves while the lease is ours for certain: at once by our own clock, else once the store has
   * prolonged it in the same epoch. To be asked before anything is begun. Throws LeaseLost.
   */
  readonly sure: () => Promise<void>;
};

/** One stretch of a follower's life, or of a part of it, under one lease. */
export type Term = Tenure & {
  readonly follower: string;
  /** Whose items are worked; those of other keys are let go of. */
  readonly part: Part;
  /** The name of the part's lease and checkpoint. */
  readonly partName: string;
  /** Told whenever something has moved that somebody may wait for. */
  readonly moved: () => void;
};
