import type { Decides } from '#engine';
import type { Durable } from './durable.js';
import { startEngine, type Engine } from './engine.js';
import { Life, type Dangers } from './machine/life.js';
import type { Machine } from './machine/machine.js';
import type { Random } from './machine/random.js';
import type { Providers } from './providers/providers.js';

export type ProcessesParts = {
  readonly machine: Machine;
  readonly random: Random;
  readonly durable: Durable;
  readonly providers: () => Providers;
  readonly dangers: Dangers;
  /** How many run at once: one, as with the embedded log, or two on one log. */
  readonly count: number;
  readonly deciding: (decisions: Decides) => Decides;
  readonly onFault: (what: string) => void;
};

const downMsMax = 150_000;
const stopWithinMs = 120_000;

/** The processes of the installation: those that died are started again. */
export class Processes {
  readonly #running = new Map<string, Engine>();
  #starts = 0;
  #areWanted = false;

  constructor(private readonly parts: ProcessesParts) {}

  /** Those that live, in an order that never changes. */
  get engines(): readonly Engine[] {
    return [...this.#running.values()].filter(({ life }) => !life.isOver);
  }

  get starts(): number {
    return this.#starts;
  }

  start(): void {
    this.#areWanted = true;
    for (let number = 1; number <= this.parts.count; number += 1) this.#start(number);
  }

  /** Each comes to its end in order, unless it dies on the way. */
  async stop(): Promise<void> {
    const { machine } = this.parts;
    this.#areWanted = false;
    const { engines } = this;
    for (const engine of engines) engine.stop().catch(() => engine.life.end('stop failed'));
    const allOver = (): boolean => engines.every(({ life }) => life.isOver);
    await machine.run(machine.nowMs + stopWithinMs, allOver);
    this.kill();
  }

  kill(): void {
    this.#areWanted = false;
    for (const { life } of this.engines) life.end('killed');
  }

  #start(number: number): void {
    const { machine, random, count, dangers } = this.parts;
    if (!this.#areWanted || this.engines.some(({ life }) => life.name === `process ${number}`))
      return;
    this.#starts += 1;
    const name = `process ${number}`;
    const life = new Life(machine, name, dangers);
    machine.note(name, 'starts');
    const engine = startEngine({
      ...this.parts,
      providers: this.parts.providers(),
      life,
      random: random.fork(`life ${this.#starts}`),
      // Whoever is alone owns the data directory, and with it every lease, at once.
      owner: count === 1 ? 'casement' : `life ${this.#starts}`,
      projects: number === 1,
    });
    this.#running.set(name, engine);
    life.onEnd(() => {
      const downMs = machine.littleWhileMs() * 100;
      machine.later(Math.min(downMs, downMsMax), () => this.#start(number));
    });
  }
}
