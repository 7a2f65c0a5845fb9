import type { CommandContext, Deadlines, Dispatcher, DomainEvent, Policy } from '#kernel';
import type { EventLog } from '#event-store';
import type { FollowerStore, ParkedItem } from '#view-store';
import type { Chance, Clock, Timer } from '../ports.js';
import type { FollowerLimits } from './limits.js';

/** Followers that the runtime runs; projections are run by the view store, in batches. */
export type RunFollower = Policy | Deadlines | Dispatcher;

/**
 * What a lib's follower is to the runtime, which knows neither its events nor its commands: that it
 * is shown only the types it names is what the runtime promises in return.
 */
export const follower = <Event extends DomainEvent, Command>(
  of: Policy<Event, Command> | Deadlines<Event, Command> | Dispatcher<Event>,
): RunFollower => of as unknown as RunFollower;

/** Gives a command to whoever decides it. Rejections are outcomes, not errors: it then resolves. */
export type Execute = (command: unknown, context: CommandContext) => Promise<void>;

/** What an operator wants to read in the log. */
export type FollowerNote =
  | { readonly kind: 'parked'; readonly item: ParkedItem }
  | { readonly kind: 'retrying'; readonly follower: string; readonly error: unknown }
  | { readonly kind: 'reading-failed'; readonly follower: string; readonly error: unknown }
  | { readonly kind: 'store-failed'; readonly follower: string; readonly error: unknown }
  | { readonly kind: 'lease-lost'; readonly follower: string }
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

/** One stretch of a follower's life under one lease. */
export type Term = {
  readonly follower: string;
  readonly epoch: number;
  /** Aborts when nothing new is to be begun. */
  readonly ending: AbortSignal;
  /** Aborts when what has begun is to be given up as well. */
  readonly over: AbortSignal;
  /** Told when the store says that another process leads. */
  readonly lost: () => void;
  /** Told whenever something has moved that somebody may wait for. */
  readonly moved: () => void;
};
