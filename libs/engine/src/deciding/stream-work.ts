import type { CommandContext, Decider, DomainEvent, Rejection } from '#kernel';
import { WrongExpectedRevision, type Appended, type EventLog } from '#event-store';
import { backoffMs } from '../backoff.js';
import { Busy, ConflictPersists, type Decided, type Folded } from '../decided.js';
import type { Chance, Clock, Timer } from '../ports.js';
import { foldOn } from './fold-stream.js';
import type { DecisionLimits } from './limits.js';
import { persistent } from './persistent.js';
import { plan, type Plan, type Step, type Wish } from './plan.js';

export type DecidingTools = {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly timer: Timer;
  /** The newest schema version of an event type, as the catalogues say. */
  readonly versionOf: (type: string) => number;
  readonly limits: DecisionLimits;
};

type Waiting<State, Command, Event extends DomainEvent, Refused extends Rejection> = {
  readonly wish: Wish<Command>;
  readonly answer: (decided: Decided<State, Event, Refused>) => void;
  readonly fail: (error: unknown) => void;
};

type Settled<State, Event extends DomainEvent, Refused extends Rejection> = {
  readonly plan: Plan<State, Event, Refused>;
  readonly base: Folded<State>;
  readonly appended: Appended | null;
};

/** One stream under one decider: its kept fold, and the queue of those who want it to decide. */
export class StreamWork<State, Command, Event extends DomainEvent, Refused extends Rejection> {
  #waiting: Waiting<State, Command, Event, Refused>[] = [];
  #kept: Folded<State> | null = null;
  #unanswered = 0;
  #reading = 0;
  #working = false;
  #outdated = false;

  constructor(
    private readonly decider: Decider<State, Command, Event, Refused>,
    private readonly stream: string,
    private readonly tools: DecidingTools,
    private readonly appended: () => void,
  ) {}

  get idle(): boolean {
    return this.#unanswered === 0 && this.#reading === 0;
  }

  /** Somebody else in this process has appended: what is kept is no longer enough to load. */
  outdate(): void {
    this.#outdated = true;
  }

  /** Throws Busy when too many wait already. */
  ask(command: Command, context: CommandContext): Promise<Decided<State, Event, Refused>> {
    if (this.#unanswered >= this.tools.limits.commandsPerStream)
      return Promise.reject(new Busy(`${this.#unanswered} commands wait for ${this.stream}`));
    this.#unanswered += 1;
    const answered = new Promise<Decided<State, Event, Refused>>((answer, fail) => {
      this.#waiting.push({ wish: { command, context }, answer, fail });
    }).finally(() => (this.#unanswered -= 1));
    if (!this.#working) void this.#work();
    return answered;
  }

  async load(fresh: boolean): Promise<Folded<State>> {
    if (this.#kept && !fresh && !this.#outdated) return this.#kept;
    return this.#readOn(this.#base());
  }

  #base(): Folded<State> {
    return this.#kept ?? { state: this.decider.initial, revision: null, position: null };
  }

  /** Bounded by the queue: each turn answers one command at least. */
  async #work(): Promise<void> {
    this.#working = true;
    // Those who ask in the same breath are decided together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#decideSome();
    this.#working = false;
  }

  async #decideSome(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const settled = await this.#settle(batch.map(({ wish }) => wish));
      this.#waiting = [...batch.slice(settled.plan.steps.length), ...this.#waiting];
      settled.plan.steps.forEach((step, index) => this.#answer(step, settled, batch[index]));
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
  }

  async #settle(wishes: readonly Wish<Command>[]): Promise<Settled<State, Event, Refused>> {
    const isKept = this.#kept !== null;
    let base = this.#kept ?? (await this.#readOn(this.#base()));
    let planned = this.#plan(wishes, base);
    // The revision protects facts alone: what adds none is checked against the log itself.
    if (isKept && planned.facts.length === 0) {
      base = await this.#readOn(base);
      planned = this.#plan(wishes, base);
    }
    for (let conflict = 0; conflict <= this.tools.limits.conflicts; conflict += 1) {
      if (planned.facts.length === 0) return { plan: planned, base, appended: null };
      const appended = await this.#append(planned, base);
      if (appended) return { plan: planned, base, appended };
      await this.#letOthersGo(conflict);
      base = await this.#readOn(base);
      planned = this.#plan(wishes, base);
    }
    throw new ConflictPersists(`others keep deciding first on ${this.stream}`);
  }

  /** Processes that write to one stream as fast as they can would else take turns in losing. */
  async #letOthersGo(conflicts: number): Promise<void> {
    const { limits, chance, timer } = this.tools;
    const again = conflicts + 1 - limits.conflictsAtOnce;
    if (again > 0) await timer.sleep(backoffMs(again, limits.conflictBackoff, chance));
  }

  #plan(wishes: readonly Wish<Command>[], base: Folded<State>): Plan<State, Event, Refused> {
    const { clock, limits } = this.tools;
    const { stream } = this;
    const factsMax = limits.factsPerAppend;
    return plan(this.decider, wishes, { stream, state: base.state, nowMs: clock.now(), factsMax });
  }

  /** Null when somebody else was first. */
  async #append(
    planned: Plan<State, Event, Refused>,
    base: Folded<State>,
  ): Promise<Appended | null> {
    const { log, limits } = this.tools;
    const expected = base.revision ?? 'no-stream';
    const append = () => log.append(this.stream, expected, planned.facts);
    try {
      const appended = await persistent(append, this.tools, limits);
      this.#keep({ state: planned.state, ...appended });
      this.appended();
      return appended;
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return null;
      throw error;
    }
  }

  async #readOn(base: Folded<State>): Promise<Folded<State>> {
    const { log, limits } = this.tools;
    this.#reading += 1;
    this.#outdated = false;
    try {
      const read = () => foldOn(log, this.decider, this.stream, base);
      return this.#keep(await persistent(read, this.tools, limits));
    } catch (error) {
      this.#outdated = true;
      throw error;
    } finally {
      this.#reading -= 1;
    }
  }

  /** A slow read never replaces what has been appended meanwhile; the newer of both comes back. */
  #keep(folded: Folded<State>): Folded<State> {
    const isNewer = (folded.revision ?? -1n) >= (this.#kept?.revision ?? -1n);
    if (this.#kept === null || isNewer) this.#kept = folded;
    return this.#kept;
  }

  #answer(
    step: Step<State, Event, Refused>,
    { base, appended }: Settled<State, Event, Refused>,
    waiting: Waiting<State, Command, Event, Refused> | undefined,
  ): void {
    if (!waiting) return;
    if (step.kind === 'failed') return waiting.fail(step.error);
    const added = step.kind === 'accepted' ? step.facts.length : 0;
    const { state } = step;
    const first = (base.revision ?? -1n) + 1n + BigInt(step.before);
    const nothingYet = step.before + added === 0 || appended === null;
    const folded: Folded<State> = nothingYet
      ? { state, revision: base.revision, position: base.position }
      : { state, revision: first + BigInt(added) - 1n, position: appended.position };
    if (step.kind === 'rejected')
      return waiting.answer({ kind: 'rejected', rejection: step.rejection, ...folded });
    const events = appended ? this.#recorded(step.facts, first, appended) : [];
    return waiting.answer({ kind: 'accepted', events, ...folded });
  }

  /** Every fact of an append bears the append's position: at or after its own, and read by then. */
  #recorded(
    facts: (Step<State, Event, Refused> & { kind: 'accepted' })['facts'],
    first: bigint,
    { position }: Appended,
  ) {
    return facts.map((fact, index) => ({
      ...fact,
      version: this.tools.versionOf(fact.type),
      stream: this.stream,
      revision: first + BigInt(index),
      position,
      metadata: { ...fact.metadata, occurredAt: fact.at },
    }));
  }
}
