/** Something to do at a virtual time. */
export type Task = { readonly atMs: number; readonly order: number; readonly run: () => void };

/** The tasks to come, the earliest first; of the same time the one that was added first. */
export class Agenda {
  readonly #heap: Task[] = [];
  #added = 0;

  get next(): Task | undefined {
    return this.#heap[0];
  }

  add(atMs: number, run: () => void): void {
    this.#added += 1;
    let place = this.#heap.push({ atMs, order: this.#added, run }) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#swapIfEarlier(place, parent)) return;
      place = parent;
    }
  }

  take(): Task | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last === undefined || first === last) return first;
    this.#heap[0] = last;
    for (let place = 0; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const earlier = this.#isEarlier(right, left) ? right : left;
      if (!this.#swapIfEarlier(earlier, place)) return first;
      place = earlier;
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (!one || !other) return false;
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  #swapIfEarlier(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (!one || !other || !this.#isEarlier(a, b)) return false;
    this.#heap[a] = other;
    this.#heap[b] = one;
    return true;
  }
}
