import type { Decider, DomainEvent, Rejection } from '#kernel';
import type { EventLog } from '#event-store';
import type { Folded } from '../decided.js';

/** Reads a stream on from `folded`. The same object comes back when there was nothing to read. */
export const foldOn = async <State, Command, Event extends DomainEvent, R extends Rejection>(
  log: EventLog,
  decider: Decider<State, Command, Event, R>,
  stream: string,
  folded: Folded<State>,
): Promise<Folded<State>> => {
  const from = folded.revision === null ? 0n : folded.revision + 1n;
  let { state, revision, position } = folded;
  for await (const recorded of log.readStream(stream, { direction: 'forwards', from })) {
    // A decider's stream holds its own facts and no others: this is the brand of the category.
    state = decider.evolve(state, recorded as DomainEvent as Event);
    ({ revision, position } = recorded);
  }
  return revision === folded.revision ? folded : { state, revision, position };
};
