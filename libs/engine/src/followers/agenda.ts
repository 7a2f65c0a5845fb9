import type { StoredDeadline } from '#view-store';
import { Heap } from './heap.js';

/** Superseded entries are left in the heap until they surface, or until they outnumber the rest. */
const SUPERSEDED_MIN = 1_000;

/** The one deadline of each key, the next due first. */
export class Agenda {
  readonly #byKey = new Map<string, StoredDeadline>();
  #heap = new Heap<StoredDeadline>();
  /** Taken, and not settled: whoever took them answers for them. */
  readonly #taken = new Set<StoredDeadline>();

  set(deadline: StoredDeadline): void {
    this.#byKey.set(deadline.key, deadline);
    this.#heap.push(deadline.dueAtMs, deadline);
    if (this.#heap.size > 2 * this.#byKey.size + SUPERSEDED_MIN) this.#rebuild();
  }

  clear(key: string): void {
    this.#byKey.delete(key);
  }

  /** Whether it is still the deadline of its key: neither cleared nor replaced. */
  isCurrent(deadline: StoredDeadline): boolean {
    return this.#byKey.get(deadline.key) === deadline;
  }

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
    const next = this.next();
    if (next && next.dueAtMs <= nowMs) return true;
    for (const { dueAtMs } of this.#taken) if (dueAtMs <= nowMs) return true;
    return false;
  }

  #rebuild(): void {
    const heap = new Heap<StoredDeadline>();
    for (const deadline of this.#byKey.values())
      if (!this.#taken.has(deadline)) heap.push(deadline.dueAtMs, deadline);
    this.#heap = heap;
  }
}
