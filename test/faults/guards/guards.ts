/** One guard of the product, as it stands in the compiled files, and what stands there without it. */
export type Guard = {
  readonly file: string;
  /** Stands in the file exactly once: else the guard has moved, and nothing is shown. */
  readonly find: string;
  readonly put: string;
  /** Who finds it: kills of one process, or the simulation, which has two on one log. */
  readonly foundBy: 'kills' | 'simulation';
};

/** What is to be sent is written down only with what became of it. */
const intentAfterwards = `run(decider, id, command, context) {
        const ask = (...asked) => this.#streams.of(decider, id).ask(...asked);
        this.intents ??= new Map();
        if (command.type === 'StartNextDispatch')
          return this.load(decider, id, { fresh: true }).then((folded) => {
            const decision = decider.decide(folded.state, command);
            const isStart = Array.isArray(decision) && decision.at(-1)?.type === 'DispatchStarted';
            if (!isStart) return ask(command, context);
            this.intents.set(id, [command, context]);
            const state = decision.reduce(decider.evolve, folded.state);
            return { ...folded, kind: 'accepted', state, events: decision };
        });
        const intent = command.type === 'RecordDispatchOutcome' && this.intents.get(id);
        if (!intent) return ask(command, context);
        this.intents.delete(id);
        return ask(...intent).then(() => ask(command, context));`;

export const guards = {
  /** DispatchStarted stands on the log before the call. */
  intent: {
    file: 'dist/libs/engine/src/decisions.js',
    find: `run(decider, id, command, context) {
        return this.#streams.of(decider, id).ask(command, context);`,
    put: intentAfterwards,
    foundBy: 'kills',
  },
  /** A customer's message that is known is not taken down again. */
  dedup: {
    file: 'dist/libs/conversations/src/domain/decisions/receive-customer-message.js',
    find: 'if (thread.inbound.has(fingerprint)) return [];',
    put: '',
    foundBy: 'kills',
  },
  /** A decision that appends nothing is made again on a fresh read. */
  'fresh-read': {
    file: 'dist/libs/engine/src/deciding/stream-work.js',
    find: 'if (isKept && planned.facts.length === 0) {',
    put: 'if (false) {',
    foundBy: 'simulation',
  },
} as const satisfies { readonly [name: string]: Guard };

export type GuardName = keyof typeof guards;
export const guardNames = Object.keys(guards) as readonly GuardName[];
