import {
  instant,
  isRejection,
  type CommandContext,
  type Decider,
  type DomainEvent,
  type Rejection,
} from '#kernel';
import type { FactToRecord } from '#event-store';
import { derivedEventId } from '../derived-ids.js';

export type Wish<Command> = { readonly command: Command; readonly context: CommandContext };

/** What one command comes to. `state` and `before` are the fold after it and the facts before it. */
export type Step<State, Event extends DomainEvent, Refused extends Rejection> = {
  readonly state: State;
  readonly before: number;
} & (
  | { readonly kind: 'accepted'; readonly facts: readonly PlannedFact<Event>[] }
  | { readonly kind: 'rejected'; readonly rejection: Refused }
  | { readonly kind: 'failed'; readonly error: unknown }
);

export type PlannedFact<Event extends DomainEvent> = Event & FactToRecord;

export type Plan<State, Event extends DomainEvent, Refused extends Rejection> = {
  /** One per command, in order; fewer than were given when the append would grow too large. */
  readonly steps: readonly Step<State, Event, Refused>[];
  readonly facts: readonly PlannedFact<Event>[];
  readonly state: State;
};

type Stage<State> = {
  readonly stream: string;
  readonly state: State;
  readonly nowMs: number;
  readonly factsMax: number;
};

/**
 * Decides commands in order, each over the state that the ones before it leave. Appends nothing. A
 * command whose decision throws fails alone.
 */
export const plan = <State, Command, Event extends DomainEvent, Refused extends Rejection>(
  decider: Decider<State, Command, Event, Refused>,
  wishes: readonly Wish<Command>[],
  stage: Stage<State>,
): Plan<State, Event, Refused> => {
  const steps: Step<State, Event, Refused>[] = [];
  const facts: PlannedFact<Event>[] = [];
  const seen = new Set<string>();
  let state = stage.state;
  for (const wish of wishes) {
    // A repeat derives the same event ids, which must not stand twice in one append.
    if (seen.has(wish.context.commandId)) break;
    const step = stepOf(decider, wish, { ...stage, state, before: facts.length });
    const added = step.kind === 'accepted' ? step.facts : [];
    if (facts.length > 0 && facts.length + added.length > stage.factsMax) break;
    seen.add(wish.context.commandId);
    steps.push(step);
    facts.push(...added);
    state = step.state;
  }
  return { steps, facts, state };
};

const stepOf = <State, Command, Event extends DomainEvent, Refused extends Rejection>(
  decider: Decider<State, Command, Event, Refused>,
  { command, context }: Wish<Command>,
  { stream, state, nowMs, before }: Stage<State> & { readonly before: number },
): Step<State, Event, Refused> => {
  try {
    const decision = decider.decide(state, command);
    if (isRejection(decision)) return { kind: 'rejected', rejection: decision, state, before };
    const facts = decision.map((event, index) => ({
      ...event,
      id: derivedEventId(context.commandId, stream, index),
      metadata: metadataOf(context, nowMs),
    }));
    return { kind: 'accepted', facts, state: decision.reduce(decider.evolve, state), before };
  } catch (error) {
    return { kind: 'failed', error, state, before };
  }
};

const metadataOf = (context: CommandContext, nowMs: number): FactToRecord['metadata'] => ({
  organisationId: context.organisationId,
  recordedAt: instant(nowMs),
  actor: context.actor,
  capability: context.capability,
  commandId: context.commandId,
  correlationId: context.correlationId,
  causationId: context.causationId,
  subject: context.subject,
  basis: context.basis,
});
