import type { Deadlines, Dispatcher, DomainEvent, Policy, Recorded } from '#kernel';
import type { RunFollower } from './followers/tools.js';

// The engine's only assertions: what the log and the maps hold has lost the types that its owners
// know. Each function says why it is so nevertheless.

/** A decider's streams hold its own facts and no others: the category in their name says so. */
export const ownEvent = <Event extends DomainEvent>(recorded: Recorded): Event =>
  recorded as DomainEvent as Event;

/** Work is kept under the decider that it was made with: the types are that decider's. */
export const ownWork = <Work extends object>(kept: object): Work => kept as Work;

/**
 * A lib's follower as the runtime takes it, which knows neither its events nor its commands: that it
 * is shown only the types it names is what the runtime promises in return.
 */
export const follower = <Event extends DomainEvent, Command>(
  of: Policy<Event, Command> | Deadlines<Event, Command> | Dispatcher<Event>,
): RunFollower => of as unknown as RunFollower;
