import assert from 'node:assert/strict';
import type { DomainEvent } from '../decider.js';
import type { Asked, Policy } from '../followers.js';
import { followedFacts, type Fact } from './followed-facts.js';

export type GivenPolicy<Event extends DomainEvent, Command> = {
  readonly whenever: (fact: Fact<Event>) => {
    /** Exactly these commands, in this order, and nothing unreadable. */
    readonly then: (...commands: readonly Command[]) => void;
    /** The same, with the partition key and the item of each. */
    readonly thenAsked: (...asked: readonly Asked<Command>[]) => void;
    readonly thenNothing: () => void;
    /** Exactly these reasons among whatever was asked. */
    readonly thenUnreadable: (...reasons: readonly string[]) => void;
  };
};

/** See `given`. */
export const givenPolicy = <Event extends DomainEvent, Command>(
  policy: Policy<Event, Command>,
): GivenPolicy<Event, Command> => ({
  whenever: (fact) => {
    const items = followedFacts(policy, [fact]).flatMap(policy.whenever);
    const said = items.map((item) => ('command' in item ? item.command : item));
    const reasons = items.flatMap((item) => ('unreadable' in item ? [item.unreadable] : []));
    return {
      then: (...commands) => assert.deepStrictEqual(said, commands),
      thenAsked: (...asked) => assert.deepStrictEqual(items, asked),
      thenNothing: () => assert.deepStrictEqual(items, []),
      thenUnreadable: (...expected) => assert.deepStrictEqual(reasons, expected),
    };
  },
});
