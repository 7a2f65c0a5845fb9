import type { DeadlinePlace, StoredDeadline } from '#view-store';
import { Heap } from './heap.js';

/** Superseded entries are left in the heap until they surface, or until they outnumber the rest. */
const SUPERSEDED_MIN = 1_000;

export type AgendaLimits = {
  /** Deadlines that are read from the store at once; when so many are held that half is left, more. */
  readonly pageSize: number;
  /** Deadlines that are held; the last due of more are left to the store. */
  readonly heldMax: number;
};

/** Before every deadline. */
const start: DeadlinePlace = { dueAtMs: -Infinity, key: '' };

/**
 * The one deadline of each key, the next due first. Only the nearest are held: what is due beyond the
 * horizon is in the store alone, and is read page by page as the horizon comes near. A million cost no
 * more memory than a thousand.
 */
export class Agenda {
  readonly #byKey = new Map<string, StoredDeadline>();
  #heap = new Heap<StoredDeadline>();
  /** Taken, and not settled: whoever took them answers for them. */
  readonly #taken = new Set<StoredDeadline>();
  /** All that are due up to here are held; null: all there are. */
  #horizon: DeadlinePlace | null = start;
  /** Keys that were set or cleared while a page is being read, which may not know of it. */
  #changed: Set<string> | null = null;

  constructor(
    private readonly limits: AgendaLimits,
    /** Which of the keys that a page names are held: pages are of all parts of a follower. */
    private readonly isOurs: (key: string) => boolean = () => true,
  ) {}

  /** It is in the store as well, or will be before the next page is read. */
  set(deadline: StoredDeadline): void {
    this.#changed?.add(deadline.key);
    if (this.#changed === null && this.#isBeyond(deadline)) this.#byKey.delete(deadline.key);
    else this.#hold(deadline);
    if (this.#byKey.size > this.limits.heldMax) this.#letGo();
  }

  clear(key: string): void {
    this.#changed?.add(key);
    this.#byKey.delete(key);
  }

  /** Whether it is still the deadline of its key: neither cleared nor replaced. */
  isCurrent(deadline: StoredDeadline): boolean {
    return this.#byKey.get(deadline.key) === deadline;
  }

  /** The next that is held. */
  next(): StoredDeadline | undefined {
    let first = this.#heap.peek();
    while (first && !this.isCurrent(first)) {
      this.#heap.pop();
      first = this.#heap.peek();
    }
    return first;
  }

  /** Takes the next deadline that is due at `nowMs`, the earliest first. */
  take(nowMs: number): StoredDeadline | undefined {
    const next = this.next();
    if (!next || next.dueAtMs > nowMs) return undefined;
    this.#heap.pop();
    this.#taken.add(next);
    return next;
  }

  settle(deadline: StoredDeadline): void {
    this.#taken.delete(deadline);
  }

  /** Whether something that is due at `nowMs` has been neither settled nor superseded. */
  isOwing(nowMs: number): boolean {
    if (this.#horizon !== null && this.#horizon.dueAtMs <= nowMs) return true;
    const next = this.next();
    if (next && next.dueAtMs <= nowMs) return true;
    for (const { dueAtMs } of this.#taken) if (dueAtMs <= nowMs) return true;
    return false;
  }

  /** Whether the next page is to be read: little is left before the horizon. */
  get isShort(): boolean {
    const left = this.#byKey.size - this.#taken.size;
    return this.#horizon !== null && this.#changed === null && left <= this.limits.pageSize / 2;
  }

  /**
   * The page to read next, to be given to `read`. What was set or cleared before is to be in the store
   * by then; what is set or cleared meanwhile goes before what the page says.
   */
  reading(): { readonly after: DeadlinePlace | null; readonly limit: number } {
    this.#changed = new Set();
    const after = this.#horizon === start ? null : this.#horizon;
    return { after, limit: this.limits.pageSize };
  }

  /** A page has been read; null: it could not be. */
  read(page: readonly StoredDeadline[] | null): void {
    const changed = this.#changed ?? new Set<string>();
    this.#changed = null;
    if (page !== null) {
      for (const deadline of page)
        if (
          this.isOurs(deadline.key) &&
          !changed.has(deadline.key) &&
          !this.#byKey.has(deadline.key)
        )
          this.#hold(deadline);
      this.#horizon = page.length < this.limits.pageSize ? null : (page.at(-1) ?? null);
    }
    // What was set meanwhile was held wherever it lies: from now on only what is due up to the horizon.
    for (const deadline of this.#byKey.values())
      if (this.#isBeyond(deadline) && !this.#taken.has(deadline)) this.#byKey.delete(deadline.key);
    this.#rebuild();
    if (this.#byKey.size > this.limits.heldMax) this.#letGo();
  }

  #isBeyond(deadline: StoredDeadline): boolean {
    return this.#horizon !== null && inOrder(this.#horizon, deadline) < 0;
  }

  #hold(deadline: StoredDeadline): void {
    this.#byKey.set(deadline.key, deadline);
    this.#heap.push(deadline.dueAtMs, deadline);
    if (this.#heap.size > 2 * this.#byKey.size + SUPERSEDED_MIN) this.#rebuild();
  }

  /** Leaves the later due to the store, and with them the time from then on. */
  #letGo(): void {
    // The page that is being read goes on from the horizon as it is.
    if (this.#changed !== null) return;
    const waiting = [...this.#byKey.values()]
      .filter((deadline) => !this.#taken.has(deadline))
      .toSorted(inOrder);
    const kept = waiting.slice(0, this.limits.pageSize);
    const last = kept.at(-1);
    if (last === undefined || kept.length === waiting.length) return;
    for (const { key } of waiting.slice(kept.length)) this.#byKey.delete(key);
    this.#horizon = { dueAtMs: last.dueAtMs, key: last.key };
    this.#rebuild();
  }

  #rebuild(): void {
    const heap = new Heap<StoredDeadline>();
    for (const deadline of this.#byKey.values())
      if (!this.#taken.has(deadline)) heap.push(deadline.dueAtMs, deadline);
    this.#heap = heap;
  }
}

const inOrder = (one: DeadlinePlace, other: DeadlinePlace): number =>
  one.dueAtMs - other.dueAtMs || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0);
