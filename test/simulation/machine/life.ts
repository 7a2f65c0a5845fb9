import type { Machine } from './machine.js';

/** How often a process is hurt, for each durable effect it has. */
export type Dangers = {
  readonly crash: number;
  /** Stands still for up to minutes, and then goes on as if nothing had been. */
  readonly freeze: number;
};

/** Reads and renewals are many, and little is between them: they are less dangerous. */
const readWeight = 0.02;
const freezeMsMax = 170_000;

/**
 * One life of a process, from its start to its crash or end. Whatever it waits for goes through
 * here: a dead process is never given its turn again, so that everything it held in memory is gone.
 */
export class Life {
  #isOver = false;
  #frozenUntilMs = 0;
  readonly #endings: (() => void)[] = [];

  constructor(
    private readonly machine: Machine,
    readonly name: string,
    private readonly dangers: Dangers,
  ) {}

  get isOver(): boolean {
    return this.#isOver;
  }

  get crashes(): number {
    return this.dangers.crash;
  }

  /** Before and after something that lasts: a crash may come here. */
  effect(what: string): Promise<void> {
    return this.#turn(what, 1);
  }

  /** Something that leaves nothing behind. */
  read(what: string): Promise<void> {
    return this.#turn(what, readWeight);
  }

  /** Work of the process itself after a while: lost when it dies, late when it is frozen. */
  after(delayMs: number, work: () => void): void {
    this.machine.later(delayMs, () => {
      if (this.#isOver) return;
      const frozenMs = this.#frozenUntilMs - this.machine.nowMs;
      if (frozenMs > 0) this.after(frozenMs + this.machine.littleWhileMs(), work);
      else work();
    });
  }

  onEnd(ending: () => void): void {
    if (this.#isOver) ending();
    else this.#endings.push(ending);
  }

  /** It dies here, or has come to its end: nothing of it goes on. */
  end(how: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.machine.note(this.name, how);
    for (const ending of this.#endings) ending();
  }

  #turn(what: string, weight: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(this.machine.littleWhileMs(), () => {
        this.machine.turns += 1;
        if (this.machine.fails(this.dangers.crash * weight)) return this.end(`CRASHED at ${what}`);
        this.machine.note(this.name, what);
        if (this.machine.fails(this.dangers.freeze * weight)) this.#freeze();
        resolve();
      });
    });
  }

  #freeze(): void {
    const ms = this.machine.littleWhileMs() * 1_000;
    this.#frozenUntilMs = this.machine.nowMs + Math.min(ms, freezeMsMax);
    this.machine.note(this.name, `frozen for ${Math.round(Math.min(ms, freezeMsMax))}`);
  }
}
