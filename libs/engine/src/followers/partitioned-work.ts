import { Conditions } from './conditions.js';

export type PartitionLimits = {
  /** Keys that are worked on at once. */
  readonly keysAtOnce: number;
  /** Items taken and not yet given back; then the reader has to wait for room. */
  readonly itemsInFlight: number;
};

type Queued<Item> = { readonly item: Item; readonly isBack: boolean };

/**
 * Works on items of several keys at once, and strictly one at a time, in the order in which they were
 * added, within a key. `work` must not reject: it answers for every outcome of an item itself.
 */
export class PartitionedWork<Item extends { readonly key: string }> {
  readonly #lanes = new Map<string, Queued<Item>[]>();
  /** Keys with something to do and nobody at it, the longest waiting first. */
  readonly #ready = new Set<string>();
  /** The same for keys whose next item comes back. */
  readonly #readyAgain = new Set<string>();
  #isNewsTurn = false;
  readonly #conditions = new Conditions();
  #running = 0;
  #size = 0;
  #back = 0;
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
    this.#enter({ item, isBack: false });
  }

  /**
   * Takes an item that was taken before and could not be done. Such items take no room from new ones,
   * and where there are both, their keys take turns: thousands that come back hold up nobody else.
   */
  addAgain(item: Item): void {
    if (this.#stopped) return;
    this.#back += 1;
    this.#enter({ item, isBack: true });
  }

  /** Resolves once fewer new items are in flight than may be, or work has been stopped. */
  room(): Promise<void> {
    const { itemsInFlight } = this.limits;
    return this.#conditions.when(() => this.#stopped || this.#size - this.#back < itemsInFlight);
  }

  /** Begins nothing more; resolves once what has begun has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#conditions.tell();
    return this.#conditions.when(() => this.#running === 0);
  }

  #enter(queued: Queued<Item>): void {
    if (this.#stopped) return;
    this.#size += 1;
    const { key } = queued.item;
    const lane = this.#lanes.get(key);
    if (lane) {
      lane.push(queued);
      return;
    }
    this.#lanes.set(key, [queued]);
    this.#readyFor(queued).add(key);
    this.#start();
  }

  #readyFor({ isBack }: Queued<Item>): Set<string> {
    return isBack ? this.#readyAgain : this.#ready;
  }

  #start(): void {
    while (!this.#stopped && this.#running < this.limits.keysAtOnce) {
      this.#isNewsTurn = !this.#isNewsTurn;
      const [one, other] = this.#isNewsTurn
        ? [this.#ready, this.#readyAgain]
        : [this.#readyAgain, this.#ready];
      const from = one.size > 0 ? one : other;
      const [key] = from;
      if (key === undefined) return;
      from.delete(key);
      void this.#workOn(key);
    }
  }

  async #workOn(key: string): Promise<void> {
    const lane = this.#lanes.get(key) ?? [];
    const queued = lane[0];
    if (queued === undefined) return;
    this.#running += 1;
    try {
      await this.work(queued.item);
    } finally {
      this.#running -= 1;
      this.#size -= 1;
      if (queued.isBack) this.#back -= 1;
      lane.shift();
      const [next] = lane;
      // To the end of the queue: a busy key never keeps the others from their turn.
      if (next) this.#readyFor(next).add(key);
      else this.#lanes.delete(key);
      this.#conditions.tell();
      this.#start();
    }
  }
}
