import type { Instant } from './instant.js';

/**
 * A fact in the words of the business. `type` is past tense and never a class name; `at` is when it
 * happened, by the clock of whoever it happened to; `data` is JSON and only JSON.
 */
export type DomainEvent<Type extends string = string, Data extends object = object> = {
  readonly type: Type;
  readonly at: Instant;
  readonly data: Data;
};

/** A business no: a value with a named reason, the state that stood in the way. Leaves no fact. */
export type Rejection<Reason extends string = string, Details extends object = object> = {
  readonly rejected: Reason;
  readonly details: Details;
};

export const reject = <Reason extends string, Details extends object = Record<never, never>>(
  rejected: Reason,
  ...details: Record<never, never> extends Details ? [Details?] : [Details]
): Rejection<Reason, Details> => ({ rejected, details: (details[0] ?? {}) as Details });

export const isRejection = <E, R extends Rejection>(decision: readonly E[] | R): decision is R =>
  !Array.isArray(decision);

/**
 * Turns wishes into facts. Pure and total: `decide` returns facts, nothing (`[]`, already so) or a
 * rejection; `evolve` believes every fact it is told. Neither awaits, throws for a business reason,
 * or reads a clock, an environment or a random number: those travel in the command.
 */
export type Decider<State, Command, Event extends DomainEvent, Refused extends Rejection> = {
  /** The stream category: streams are called `<name>-<id>`. */
  readonly name: string;
  readonly initial: State;
  readonly decide: (state: State, command: Command) => readonly Event[] | Refused;
  readonly evolve: (state: State, event: Event) => State;
};
