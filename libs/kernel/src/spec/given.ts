import type { Decider, DomainEvent, Rejection } from '../decider.js';
import type { Deadlines, Policy, Projection, ViewRow } from '../followers.js';
import { givenDeadlines, type GivenDeadlines } from './given-deadlines.js';
import { givenDecider, type GivenDecider } from './given-decider.js';
import { givenPolicy, type GivenPolicy } from './given-policy.js';
import { givenProjection, type GivenProjection } from './given-projection.js';

/**
 * Opens a sentence about a decider, a policy, a projection or deadlines:
 *
 *     given(decider)(…facts).when(command).then(…facts) | .thenNothing() | .thenRejected('Reason')
 *     given(policy).whenever(fact).then(…commands) | .thenUnreadable('why')
 *     given(projection)(…facts).shows(key, row)
 *     given(deadlines)(…facts).at(instant).then(…commands)
 *
 * Each ends in an AssertionError of `node:assert` when it is not so. Facts for followers may be plain
 * (then they stand in the follower's first stream) or `recorded(…)`.
 */
export function given<State, Command, Event extends DomainEvent, Refused extends Rejection>(
  decider: Decider<State, Command, Event, Refused>,
): GivenDecider<Command, Event, Refused>;
export function given<Event extends DomainEvent, Command>(
  policy: Policy<Event, Command>,
): GivenPolicy<Event, Command>;
export function given<Event extends DomainEvent, Row extends ViewRow>(
  projection: Projection<Event, Row>,
): GivenProjection<Event, Row>;
export function given<Event extends DomainEvent, Command>(
  deadlines: Deadlines<Event, Command>,
): GivenDeadlines<Event, Command>;
export function given<
  State,
  Command,
  Event extends DomainEvent,
  Refused extends Rejection,
  Row extends ViewRow,
>(
  subject:
    | Decider<State, Command, Event, Refused>
    | Policy<Event, Command>
    | Projection<Event, Row>
    | Deadlines<Event, Command>,
):
  | GivenDecider<Command, Event, Refused>
  | GivenPolicy<Event, Command>
  | GivenProjection<Event, Row>
  | GivenDeadlines<Event, Command> {
  if ('decide' in subject) return givenDecider(subject);
  if (subject.kind === 'policy') return givenPolicy(subject);
  if (subject.kind === 'projection') return givenProjection(subject);
  return givenDeadlines(subject);
}
