import { StoreUnavailable } from '../port.js';

type Gathered<Ask, Answer> = {
  readonly ask: Ask;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * One batch on its way, the next gathering: what arrives while a batch commits shares the next
 * commit. Order is kept. A full queue refuses with StoreUnavailable, and nothing of it was written.
 */
export class Gatherer<Ask, Answer> {
  #queue: Gathered<Ask, Answer>[] = [];
  #running: Promise<void> | null = null;

  constructor(
    private readonly options: {
      readonly send: (batch: readonly Ask[]) => Promise<readonly Answer[]>;
      readonly batchMax: number;
      readonly queueMax: number;
    },
  ) {}

  push(ask: Ask): Promise<Answer> {
    if (this.#queue.length >= this.options.queueMax)
      return Promise.reject(new StoreUnavailable(`${this.#queue.length} writes are waiting`));
    return new Promise((resolve, reject) => {
      this.#queue.push({ ask, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is waiting any more. */
  async drained(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #run(): Promise<void> {
    // What is pushed in the same turn goes together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, this.options.batchMax);
      this.#queue = this.#queue.slice(batch.length);
      await this.#sendOne(batch);
    }
    this.#running = null;
  }

  async #sendOne(batch: readonly Gathered<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await this.options.send(batch.map(({ ask }) => ask));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer === undefined) reject(new Error('a write was not answered'));
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
