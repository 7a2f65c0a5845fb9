import { NotYet, type Position } from '#kernel';
import { StoreNotWritable, StoreUnavailable } from '#event-store';
import { LeaseLost, ViewStoreUnavailable, type ItemName, type ParkedItem } from '#view-store';
import { backoffMs } from '../backoff.js';
import { Busy, ConflictPersists } from '../decided.js';
import { insist } from './insist.js';
import type { FollowerTools, Term } from './tools.js';

export type Cause = {
  readonly id: string;
  readonly position: Position;
  readonly stream: string;
  readonly type: string;
};

/** One thing that a follower wants done on account of one event, or cannot do. */
export type Item = {
  readonly key: string;
  readonly item: string;
  readonly cause: Cause;
  /** Of an item that an operator wants worked again. */
  readonly again?: Again;
} & (
  | { readonly kind: 'do'; readonly act: (signal: AbortSignal) => Promise<void> }
  | { readonly kind: 'park'; readonly reason: string; readonly blocking: boolean }
);

/** How often it has been tried before, and whether its key waits for it. */
export type Again = { readonly attempts: number; readonly blocking: boolean };

/** Aside: waits for a fact. Given up: the term ended first. */
export type Outcome =
  | { readonly kind: 'done' | 'given-up' }
  | { readonly kind: 'parked'; readonly blocking: boolean }
  | { readonly kind: 'aside'; readonly retryDelayMs: number };

/** What the store knew of a follower when its term began. */
export type Known = {
  readonly blocked: readonly string[];
  /** After the checkpoint, so that they are met again. */
  readonly skipped: readonly ItemName[];
};

const nameOf = ({ eventId, item }: ItemName): string => JSON.stringify([eventId, item]);

/**
 * What becomes of an item: done, retried, set aside, or parked with its reason. Knows which keys are
 * blocked by a parked item and parks what comes behind it.
 */
export class ItemHandling {
  readonly #blocked: Set<string>;
  readonly #skipped: ReadonlySet<string>;
  /** Since when items wait aside, by the timer: a frozen domain clock must not hold them for ever. */
  readonly #asideSince = new Map<Item, number>();

  constructor(
    private readonly term: Term,
    private readonly tools: FollowerTools,
    /** Aborts when what has begun is to be given up. */
    private readonly forced: AbortSignal,
    known: Known,
  ) {
    this.#blocked = new Set(known.blocked);
    this.#skipped = new Set(known.skipped.map(nameOf));
  }

  get aside(): number {
    return this.#asideSince.size;
  }

  isBlocked(key: string): boolean {
    return this.#blocked.has(key);
  }

  block(key: string): void {
    this.#blocked.add(key);
  }

  unblock(key: string): void {
    this.#blocked.delete(key);
  }

  /** Never rejects. */
  handle(item: Item): Promise<Outcome> {
    return this.#answering(item, () => this.#handle(item));
  }

  /** The same for an item that its own key waits for. */
  retry(item: Item): Promise<Outcome> {
    return this.#answering(item, () => this.#work(item));
  }

  async #answering(item: Item, work: () => Promise<Outcome>): Promise<Outcome> {
    try {
      const outcome = await work();
      if (outcome.kind !== 'aside') this.#asideSince.delete(item);
      return outcome;
    } catch (error) {
      // The term is over or its lease lost, and then it is no news: the item stays unfinished, and
      // whoever leads next begins with it.
      if (!this.term.ending.aborted)
        this.tools.notify({ kind: 'store-failed', follower: this.term.follower, error });
      this.#asideSince.delete(item);
      return { kind: 'given-up' };
    }
  }

  async #handle(item: Item): Promise<Outcome> {
    if (this.#skipped.has(nameOf({ eventId: item.cause.id, item: item.item })))
      return { kind: 'done' };
    const isBehind = item.kind === 'do' && this.#blocked.has(item.key);
    if (isBehind && (await this.#isStillBlocked(item.key)))
      return this.#park(item, 'stands behind a parked item of its key', true, 0);
    return this.#work(item);
  }

  #work(item: Item): Promise<Outcome> {
    if (item.kind === 'do') return this.#act(item, item.act);
    return this.#park(item, item.reason, item.blocking, this.#tried(item, 0));
  }

  /** Asking for an item again is an attempt at it, also when it cannot even be read. */
  #tried({ again }: Item, failures: number): number {
    return again ? again.attempts + Math.max(failures, 1) : failures;
  }

  /** An operator may have retried or skipped what blocked the key: the store knows. */
  async #isStillBlocked(key: string): Promise<boolean> {
    const { store } = this.tools;
    const keys = await insist(() => store.blockedKeys(this.term.follower), this.term, this.tools);
    const still = keys.includes(key);
    if (!still) this.#blocked.delete(key);
    return still;
  }

  /** Bounded by `attempts` for errors of the item; infrastructure is waited for until the end. */
  async #act(item: Item, act: (signal: AbortSignal) => Promise<void>): Promise<Outcome> {
    const { attempts, backoff } = this.tools.limits;
    let failures = 0;
    for (let attempt = 1; !this.term.ending.aborted; attempt += 1)
      try {
        await this.term.sure();
        await act(this.forced);
        return { kind: 'done' };
      } catch (error) {
        if (error instanceof LeaseLost) throw error;
        if (error instanceof NotYet) return this.#setAside(item, error);
        if (!isOfInfrastructure(error)) failures += 1;
        if (failures >= attempts) {
          const blocking = item.again?.blocking ?? true;
          return this.#park(item, messageOf(error), blocking, this.#tried(item, failures));
        }
        this.tools.notify({ kind: 'retrying', follower: this.term.follower, error });
        await this.#pause(backoffMs(attempt, backoff, this.tools.chance));
      }
    return { kind: 'given-up' };
  }

  /** What is asked for again has waited before; and with too many others nobody waits for long. */
  async #setAside(item: Item, notYet: NotYet): Promise<Outcome> {
    if (item.again) return this.#park(item, notYet.message, false, this.#tried(item, 1));
    const { itemsAsidePatiently } = this.tools.limits;
    const nowMs = this.tools.timer.monotonicMs();
    const since = this.#asideSince.get(item) ?? nowMs;
    const isLate = nowMs - since >= notYet.giveUpAfterMs;
    // Whoever floods us with what nobody knows must not make the reader wait as long as they do.
    const isInTheWay = this.#asideSince.has(item) && this.aside > itemsAsidePatiently;
    if (isLate || isInTheWay) return this.#park(item, notYet.message, false, 1);
    this.#asideSince.set(item, since);
    return { kind: 'aside', retryDelayMs: notYet.retryDelayMs };
  }

  async #park(item: Item, reason: string, blocking: boolean, attempts: number): Promise<Outcome> {
    const { store, clock, notify } = this.tools;
    const { cause, key, item: name } = item;
    const parked: ParkedItem = {
      follower: this.term.follower,
      eventId: cause.id,
      item: name,
      key,
      position: cause.position,
      stream: cause.stream,
      type: cause.type,
      reason,
      blocking,
      attempts,
      parkedAtMs: clock.now(),
    };
    if (blocking) this.block(key);
    await insist(() => store.park(parked), this.term, this.tools);
    notify({ kind: 'parked', item: parked });
    return { kind: 'parked', blocking };
  }

  /** A stop need not wait for a backoff: the next term begins with this item again. */
  async #pause(ms: number): Promise<void> {
    try {
      await this.tools.timer.sleep(ms, this.term.ending);
    } catch {
      // The loop sees that the term is ending.
    }
  }
}

const isOfInfrastructure = (error: unknown): boolean =>
  error instanceof StoreUnavailable ||
  error instanceof StoreNotWritable ||
  error instanceof ViewStoreUnavailable ||
  error instanceof Busy ||
  error instanceof ConflictPersists;

export const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
