import assert from 'node:assert/strict';
import type { DomainEvent } from '../decider.js';
import type { Deadline, Deadlines } from '../followers.js';
import { epochMs, type Instant } from '../instant.js';
import { followedFacts, type Fact } from './followed-facts.js';

export type GivenDeadlines<Event extends DomainEvent, Command> = (
  ...facts: readonly Fact<Event>[]
) => {
  readonly at: (now: Instant) => {
    /** Exactly these commands are due by now, the earliest first. */
    readonly then: (...commands: readonly Command[]) => void;
    readonly thenNothing: () => void;
  };
};

type Due<Command> = NonNullable<Deadline<Command>['due']>;

/** See `given`. */
export const givenDeadlines =
  <Event extends DomainEvent, Command>(
    deadlines: Deadlines<Event, Command>,
  ): GivenDeadlines<Event, Command> =>
  (...facts) => {
    const pending = scheduled(deadlines, facts);
    return {
      at: (now) => {
        const due = pending
          .filter(({ at }) => epochMs(at) <= epochMs(now))
          .toSorted((a, b) => epochMs(a.at) - epochMs(b.at))
          .map(({ command }) => command);
        return {
          then: (...commands) => assert.deepStrictEqual(due, commands),
          thenNothing: () => assert.deepStrictEqual(due, []),
        };
      },
    };
  };

const scheduled = <Event extends DomainEvent, Command>(
  deadlines: Deadlines<Event, Command>,
  facts: readonly Fact<Event>[],
): readonly Due<Command>[] => {
  const byKey = new Map<string, Due<Command>>();
  for (const { key, due } of followedFacts(deadlines, facts).flatMap(deadlines.schedule))
    if (due) byKey.set(key, due);
    else byKey.delete(key);
  return [...byKey.values()];
};
