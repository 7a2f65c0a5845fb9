import type { CommandContext, Decider, DomainEvent, Position, Recorded, Rejection } from '#kernel';

/** A stream folded up to `revision`; both null when the stream does not exist. */
export type Folded<State> = {
  readonly state: State;
  readonly revision: bigint | null;
  readonly position: Position | null;
};

/** What became of a command. `state` is the fold after it; no events means: already so. */
export type Decided<State, Event extends DomainEvent, Refused extends Rejection> = Folded<State> &
  (
    | { readonly kind: 'accepted'; readonly events: readonly Recorded<Event>[] }
    | { readonly kind: 'rejected'; readonly rejection: Refused }
  );

/** Runs deciders against the log: load (cached), decide, append at the revision read. */
export interface Decides {
  /**
   * Decides one command on the stream `<decider.name>-<id>`. Commands of one stream are decided in
   * the order in which they were asked, several of them in one append where they wait together.
   * Event ids derive from the command id. A conflict is read and decided again, three times at
   * most; a decision that appends nothing is checked against a fresh read before it is answered.
   * Throws Busy, ConflictPersists, and the log's own errors.
   */
  run<State, Command, Event extends DomainEvent, Refused extends Rejection>(
    decider: Decider<State, Command, Event, Refused>,
    id: string,
    command: Command,
    context: CommandContext,
  ): Promise<Decided<State, Event, Refused>>;

  /** A stream's fold, at least up to what this process has appended; `fresh` reads the log. */
  load<State, Command, Event extends DomainEvent, Refused extends Rejection>(
    decider: Decider<State, Command, Event, Refused>,
    id: string,
    options: { readonly fresh: boolean },
  ): Promise<Folded<State>>;
}

/** The stream's queue is full: ask again later. Nothing was decided. */
export class Busy extends Error {
  override readonly name = 'Busy';
}

/** Somebody else decided first, again and again. Nothing of this command was appended. */
export class ConflictPersists extends Error {
  override readonly name = 'ConflictPersists';
}
