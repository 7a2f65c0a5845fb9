import { Agenda } from './agenda.js';
import type { Random } from './random.js';
import { Trace } from './trace.js';

/** A promise was not kept. The run ends here. */
export class Broken extends Error {
  override readonly name = 'Broken';
  constructor(
    readonly promise: string,
    message: string,
  ) {
    super(`${promise}: ${message}`);
  }
}

/** Real time lets Node come to the end of what it can do by itself: promises, and nothing else. */
const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * One thread of virtual time for everything that happens: each task runs alone, and what follows
 * from it by promises runs to its end before the next. Which task is next is the seed's decision
 * alone, because every wait in the system is a task here.
 */
export class Machine {
  #agenda = new Agenda();
  #nowMs = 0;
  /** How many turns of processes were taken. */
  turns = 0;
  /** How long faults happen: after so many turns there are none. */
  faultsUntilTurn = Infinity;
  isQuiet = false;

  constructor(
    /** Epoch milliseconds at which the virtual time begins. */
    private readonly startsAtMs: number,
    private readonly random: Random,
    readonly trace: Trace = new Trace(),
  ) {}

  /** Milliseconds since the beginning, with fractions. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Whole epoch milliseconds. */
  get epochMs(): number {
    return this.startsAtMs + Math.floor(this.#nowMs);
  }

  /** Whether something goes wrong here: never once faults are over. */
  fails(probability: number): boolean {
    if (this.isQuiet || this.turns >= this.faultsUntilTurn) return false;
    return this.random.happens(probability);
  }

  /** A little while, as computers have it: mostly a millisecond, now and then a second. */
  littleWhileMs(): number {
    const kind = this.random.fraction();
    if (this.isQuiet || kind < 0.7) return this.random.between(0.01, 1);
    if (kind < 0.95) return this.random.between(1, 20);
    return this.random.between(20, kind < 0.995 ? 300 : 3_000);
  }

  later(delayMs: number, run: () => void): void {
    this.#agenda.add(this.#nowMs + Math.max(delayMs, 0), run);
  }

  note(who: string, what: string): void {
    this.trace.note(this.#nowMs, who, what);
  }

  /** Runs until `untilMs`, or until `isDone` after some task. Throws Broken. */
  async run(untilMs: number, isDone: () => boolean = () => false): Promise<void> {
    await drained();
    for (;;) {
      const { next } = this.#agenda;
      if (isDone()) return;
      if (next === undefined || next.atMs > untilMs) break;
      this.#agenda.take();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      await drained();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Nothing that was to come comes any more. */
  end(): void {
    this.#agenda = new Agenda();
  }

  /** The machine sleeps: nothing runs, and what was due comes late. */
  sleepThrough(ms: number): void {
    this.#nowMs += ms;
    this.note('machine', `slept ${Math.round(ms)}`);
  }
}
