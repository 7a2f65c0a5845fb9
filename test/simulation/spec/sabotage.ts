import { Map } from 'immutable';
import { isRejection, type Decider, type DomainEvent, type Rejection } from '#kernel';
import type { Decides } from '#engine';
import { conversationDecider } from '#conversations/spec';

/** The engine with one guard taken out: what the simulation must find. */
export type Sabotage = (decisions: Decides) => Decides;

type Conversation = typeof conversationDecider;
type State = Conversation['initial'];
type Command = Parameters<Conversation['decide']>[1];

const isConversation = (decider: { readonly name: string }): boolean =>
  decider.name === conversationDecider.name;

/** Each thread decides with `broken` in the place of its decider. */
const decidedBy = (broken: Conversation): Sabotage => {
  const inItsPlace = <S, C, E extends DomainEvent, R extends Rejection>(
    decider: Decider<S, C, E, R>,
  ): Decider<S, C, E, R> =>
    isConversation(decider) ? (broken as unknown as Decider<S, C, E, R>) : decider;
  return (decisions) => ({
    run: (decider, id, command, context) =>
      decisions.run(inItsPlace(decider), id, command, context),
    load: (decider, id, options) => decisions.load(inItsPlace(decider), id, options),
  });
};

const deciding = (
  decide: (thread: State, command: Command) => ReturnType<Conversation['decide']>,
) => decidedBy({ ...conversationDecider, decide });

/** A customer's message is not looked for among those that are known. */
export const withoutDeduplication: Sabotage = deciding((thread, command) =>
  conversationDecider.decide(
    command.type === 'ReceiveCustomerMessage' ? { ...thread, inbound: Map() } : thread,
    command,
  ),
);

/** The window is not asked for again when a message is about to leave. */
export const withoutSecondLook: Sabotage = deciding((thread, command) => {
  if (command.type !== 'StartNextDispatch') return conversationDecider.decide(thread, command);
  const lastCustomerMessageAtMs = Date.parse(command.at);
  const window = { lastCustomerMessageAtMs, refusedAtMs: null };
  return conversationDecider.decide({ ...thread, window }, command);
});

/** A bridge does not know of the one before. */
export const withoutBridgeInterval: Sabotage = deciding((thread, command) =>
  conversationDecider.decide(
    command.type === 'RequestMessage' ? { ...thread, bridge: null } : thread,
    command,
  ),
);

/** What is about to be sent is written down only once it is known what became of it. */
export const withoutIntent: Sabotage = (decisions) => {
  const intents = new globalThis.Map<string, Parameters<Decides['run']>>();
  const run: Decides['run'] = async (decider, id, command, context) => {
    const wish = command as Command;
    if (!isConversation(decider)) return decisions.run(decider, id, command, context);
    if (wish.type === 'StartNextDispatch') {
      const folded = await decisions.load(decider, id, { fresh: true });
      const decision = decider.decide(folded.state, command);
      const isStart = !isRejection(decision) && decision.at(-1)?.type === 'DispatchStarted';
      if (!isStart) return decisions.run(decider, id, command, context);
      intents.set(id, [decider, id, command, context] as unknown as Parameters<Decides['run']>);
      const state = decision.reduce(decider.evolve, folded.state);
      return { ...folded, kind: 'accepted', state, events: decision as never };
    }
    const intent = wish.type === 'RecordDispatchOutcome' ? intents.get(id) : undefined;
    intents.delete(id);
    if (intent) await decisions.run(...intent);
    return decisions.run(decider, id, command, context);
  };
  return { run, load: (decider, id, options) => decisions.load(decider, id, options) };
};
