import { Conditions } from './conditions.js';

export type PartitionLimits = {
  /** Keys that are worked on at once. */
  readonly keysAtOnce: number;
  /** Items taken and not yet given back; then the reader has to wait for room. */
  readonly itemsInFlight: number;
};

/**
 * Works on items of several keys at once, and strictly one at a time, in the order in which they were
 * added, within a key. `work` must not reject: it answers for every outcome of an item itself.
 */
export class PartitionedWork<Item extends { readonly key: string }> {
  readonly #lanes = new Map<string, Item[]>();
  /** Keys with something to do and nobody at it, the longest waiting first. */
  readonly #ready = new Set<string>();
  readonly #conditions = new Conditions();
  #running = 0;
  #size = 0;
  #stopped = false;

  constructor(
    private readonly work: (item: Item) => Promise<void>,
    private readonly limits: PartitionLimits,
  ) {}

  /** Items taken and not yet given back. */
  get size(): number {
    return this.#size;
  }

  add(item: Item): void {
    if (this.#stopped) return;
    this.#size += 1;
    const lane = this.#lanes.get(item.key);
    if (lane) {
      lane.push(item);
      return;
    }
    this.#lanes.set(item.key, [item]);
    this.#ready.add(item.key);
    this.#start();
  }

  /** Resolves once fewer items are in flight than may be, or work has been stopped. */
  room(): Promise<void> {
    return this.#conditions.when(() => this.#stopped || this.#size < this.limits.itemsInFlight);
  }

  /** Begins nothing more; resolves once what has begun has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#conditions.tell();
    return this.#conditions.when(() => this.#running === 0);
  }

  #start(): void {
    for (const key of this.#ready) {
      if (this.#stopped || this.#running >= this.limits.keysAtOnce) return;
      this.#ready.delete(key);
      void this.#workOn(key);
    }
  }

  async #workOn(key: string): Promise<void> {
    const lane = this.#lanes.get(key) ?? [];
    const item = lane[0];
    if (item === undefined) return;
    this.#running += 1;
    try {
      await this.work(item);
    } finally {
      this.#running -= 1;
      this.#size -= 1;
      lane.shift();
      // To the end of the queue: a busy key never keeps the others from their turn.
      if (lane.length > 0) this.#ready.add(key);
      else this.#lanes.delete(key);
      this.#conditions.tell();
      this.#start();
    }
  }
}
