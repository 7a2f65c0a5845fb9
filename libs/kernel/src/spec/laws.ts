import assert from 'node:assert/strict';
import { isRejection, type Decider, type DomainEvent, type Rejection } from '../decider.js';

/** One thing that must hold. `check` throws an AssertionError when it does not. */
export type Check = { readonly name: string; readonly check: () => void };

export type LawCases<Command, Event> = {
  /** The decider, as the names of the checks call it. */
  readonly name: string;
  readonly histories: readonly (readonly Event[])[];
  readonly commands: readonly Command[];
  /** Commands that mean something new each time they are given. Absent: there is none. */
  readonly unrepeatable?: (command: Command) => boolean;
};

/**
 * The laws of every decider, over each of the histories and commands: run each `check` as a test of
 * its own. A law holds vacuously for a command that no history accepts.
 */
export const laws = <State, Command, Event extends DomainEvent, Refused extends Rejection>(
  decider: Decider<State, Command, Event, Refused>,
  cases: LawCases<Command, Event>,
): readonly Check[] => {
  const fold = (facts: readonly Event[]): State => facts.reduce(decider.evolve, decider.initial);
  const each = (law: (history: readonly Event[], command: Command) => void) => () => {
    for (const history of cases.histories)
      for (const command of cases.commands) law(history, command);
  };
  return [
    {
      name: `${cases.name}: repeating an accepted command adds nothing`,
      check: each((history, command) => {
        const decision = decider.decide(fold(history), command);
        if (isRejection(decision) || cases.unrepeatable?.(command)) return;
        const again = decider.decide(fold([...history, ...decision]), command);
        assert.deepStrictEqual(isRejection(again) ? [] : again, []);
      }),
    },
    {
      name: `${cases.name}: deciding twice gives the same and leaves the state as it was`,
      check: each((history, command) => {
        const state = fold(history);
        const decision = decider.decide(state, command);
        assert.deepStrictEqual(decider.decide(state, command), decision);
        assert.deepStrictEqual(state, fold(history));
      }),
    },
    {
      name: `${cases.name}: facts are JSON, and fold to the same state after a round trip`,
      check: () => {
        for (const facts of everyHistory(decider, fold, cases)) {
          const read = roundTrip(facts);
          assert.deepStrictEqual(read, facts);
          assert.deepStrictEqual(fold(read), fold(facts));
        }
      },
    },
  ];
};

/**
 * The law of a decider that tells several kinds of wishes and of facts apart: one of a kind that it does
 * not know is a defect, which it says, and nothing is made of it.
 */
export const knowsItsWords = <State, Command, Event extends DomainEvent, Refused extends Rejection>(
  decider: Decider<State, Command, Event, Refused>,
  { name, histories }: LawCases<Command, Event>,
): Check => ({
  name: `${name}: makes nothing of a wish or a fact of a kind that it does not know`,
  check: () => {
    const unheard = { type: 'NeverHeardOf', at: '1970-01-01T00:00:00.000Z', data: {} } as never;
    for (const history of histories) {
      const state = history.reduce(decider.evolve, decider.initial);
      assert.throws(() => decider.evolve(state, unheard), /unreachable/);
      assert.throws(() => {
        const decision = decider.decide(state, unheard);
        if (isRejection(decision)) throw new Error('unreachable: it was refused');
      }, /unreachable/);
    }
  },
});

/** The histories as they are, and each of them once more with what every command adds to it. */
const everyHistory = <State, Command, Event extends DomainEvent, Refused extends Rejection>(
  decider: Decider<State, Command, Event, Refused>,
  fold: (facts: readonly Event[]) => State,
  { histories, commands }: LawCases<Command, Event>,
): readonly (readonly Event[])[] => [
  ...histories,
  ...histories.flatMap((history) =>
    commands.flatMap((command) => {
      const decision = decider.decide(fold(history), command);
      return isRejection(decision) ? [] : [[...history, ...decision]];
    }),
  ),
];

// A codec in the sense of the house style: what comes back is compared with what went in.
const roundTrip = <Event>(facts: readonly Event[]): readonly Event[] =>
  JSON.parse(JSON.stringify(facts)) as readonly Event[];
