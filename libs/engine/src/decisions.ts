import type { CommandContext, Decider, DomainEvent, Rejection } from '#kernel';
import type { Decided, Decides, Folded } from './decided.js';
import type { DecidingTools } from './deciding/stream-work.js';
import { Streams } from './deciding/streams.js';

/**
 * Runs deciders against the log. Keeps what `Decides` promises for any number of processes on one
 * log; within one, the commands of a stream queue here and never conflict with each other. It does
 * not remember commands: that a repeat adds nothing is the decider's own knowledge.
 */
export class Decisions implements Decides {
  readonly #streams: Streams;

  constructor(tools: DecidingTools) {
    this.#streams = new Streams(tools);
  }

  run<State, Command, Event extends DomainEvent, Refused extends Rejection>(
    decider: Decider<State, Command, Event, Refused>,
    id: string,
    command: Command,
    context: CommandContext,
  ): Promise<Decided<State, Event, Refused>> {
    return this.#streams.of(decider, id).ask(command, context);
  }

  load<State, Command, Event extends DomainEvent, Refused extends Rejection>(
    decider: Decider<State, Command, Event, Refused>,
    id: string,
    options: { readonly fresh: boolean },
  ): Promise<Folded<State>> {
    return this.#streams.of(decider, id).load(options.fresh);
  }
}
