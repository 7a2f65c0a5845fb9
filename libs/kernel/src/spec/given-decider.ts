import assert from 'node:assert/strict';
import { isRejection, type Decider, type DomainEvent, type Rejection } from '../decider.js';

export type GivenDecider<Command, Event extends DomainEvent, Refused extends Rejection> = (
  ...facts: readonly Event[]
) => { readonly when: (command: Command) => Decision<Event, Refused> };

export type Decision<Event extends DomainEvent, Refused extends Rejection> = {
  /** Exactly these facts, in this order. */
  readonly then: (...facts: readonly Event[]) => void;
  /** Already so: accepted, and no fact. */
  readonly thenNothing: () => void;
  /** Refused for this reason; and with exactly these details, if any are given. */
  readonly thenRejected: (reason: Refused['rejected'], details?: object) => void;
};

/** See `given`. */
export const givenDecider =
  <State, Command, Event extends DomainEvent, Refused extends Rejection>(
    decider: Decider<State, Command, Event, Refused>,
  ): GivenDecider<Command, Event, Refused> =>
  (...facts) => ({
    when: (command) => {
      const decision = decider.decide(facts.reduce(decider.evolve, decider.initial), command);
      return {
        then: (...expected) => assert.deepStrictEqual(decision, expected),
        thenNothing: () => assert.deepStrictEqual(decision, []),
        thenRejected: (reason, details) => rejectedFor(decision, reason, details),
      };
    },
  });

const rejectedFor = <Event extends DomainEvent, Refused extends Rejection>(
  decision: readonly Event[] | Refused,
  reason: string,
  details: object | undefined,
): void => {
  if (!isRejection(decision))
    assert.fail(`expected ${reason}, but it was accepted: ${JSON.stringify(decision)}`);
  assert.deepStrictEqual(
    decision,
    { rejected: reason, details: details ?? decision.details },
    `expected ${reason}, but it was refused: ${JSON.stringify(decision)}`,
  );
};
