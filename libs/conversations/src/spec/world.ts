import { commandId, epochMs, type CommandContext, type Recorded } from '#kernel';
import {
  Decisions,
  MovableClock,
  SystemChance,
  SystemClock,
  SystemTimer,
  decisionLimits,
  type Decides,
  type Timer,
} from '#engine';
import {
  createEventLog,
  createMemoryEventStore,
  createMemoryKeyRing,
  type EventLog,
} from '#event-store';
import { organisationCatalogue } from '#organisations';
import { templateCatalogue } from '#templates';
import type { ConversationCommand } from '../domain/conversation.js';
import { conversationDecider } from '../domain/conversation.js';
import { conversationCatalogue, type ConversationEvent } from '../domain/events.js';
import { threadOf } from '../followers/addressed.js';
import { acme, daniel, noon, stream } from './people.js';

type Wait = { readonly ms: number; readonly untilMs: number; readonly over: () => void };

/**
 * A timer whose waits take no time: it stands where the waits have brought it. Of several the shortest
 * is over first, once nothing else is left to be done.
 */
export class SteppingTimer implements Timer {
  readonly slept: number[] = [];
  readonly #waits = new Set<Wait>();
  #nowMs = 0;

  monotonicMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((over) => {
      const wait = { ms, untilMs: this.#nowMs + ms, over };
      this.#waits.add(wait);
      const step = (): void => this.#step(wait);
      const end = (): void => {
        this.#waits.delete(wait);
        over();
      };
      signal?.addEventListener('abort', end, { once: true });
      setImmediate(step);
    });
    signal?.throwIfAborted();
  }

  /** Ends what is over first, and `wait` sooner or later. */
  #step(wait: Wait): void {
    const [first] = [...this.#waits].sort((one, other) => one.untilMs - other.untilMs);
    if (!first || !this.#waits.has(wait)) return;
    this.#waits.delete(first);
    this.#nowMs = Math.max(this.#nowMs, first.untilMs);
    this.slept.push(first.ms);
    first.over();
    if (first !== wait) setImmediate(() => this.#step(wait));
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

let commands = 0;

/** The context of a command by nobody in particular, at `at`. */
export const contextAt = (at: CommandContext['at']): CommandContext => {
  commands += 1;
  const id = commandId(`command-${commands}`);
  return {
    commandId: id,
    correlationId: id,
    causationId: null,
    organisationId: acme,
    actor: { kind: 'staff', id: 'ann' },
    capability: 'messages.send',
    at,
    subject: daniel,
    basis: [],
  };
};

/** A log in memory with one thread on it, a clock that stands at noon, and real decisions. */
export const world = () => {
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: epochMs(noon) });
  const chance = new SystemChance();
  const log = createEventLog({
    store: createMemoryEventStore({ clock: () => clock.now() }),
    keys: createMemoryKeyRing(),
    catalogues: [conversationCatalogue, organisationCatalogue, templateCatalogue],
  });
  const deciding = (): Decides =>
    new Decisions({
      log,
      clock,
      chance,
      timer: new SystemTimer(),
      versionOf: () => 1,
      limits: decisionLimits,
    });
  const decisions = deciding();
  const id = threadOf({ stream });
  const say = (command: ConversationCommand) =>
    decisions.run(conversationDecider, id, command, contextAt(command.at));
  const fold = async () => (await decisions.load(conversationDecider, id, { fresh: true })).state;
  return { clock, chance, log, decisions, deciding, say, fold, facts: () => factsOn(log) };
};

const factsOn = async (log: EventLog): Promise<readonly Recorded<ConversationEvent>[]> => {
  const facts: Recorded<ConversationEvent>[] = [];
  for await (const recorded of log.readStream(stream, { direction: 'forwards' }))
    facts.push(recorded as Recorded<ConversationEvent>);
  return facts;
};
