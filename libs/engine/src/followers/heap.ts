/** A binary heap: the smallest `rank` first. Grows with what is put in; whoever puts bounds it. */
export class Heap<Item> {
  readonly #ranks: number[] = [];
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  push(rank: number, item: Item): void {
    let place = this.#items.length;
    this.#put(place, rank, item);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#rank(parent) <= this.#rank(place)) return;
      this.#swap(parent, place);
      place = parent;
    }
  }

  pop(): Item | undefined {
    const first = this.#items[0];
    const rank = this.#ranks.pop();
    const last = this.#items.pop();
    if (rank === undefined || last === undefined || this.#items.length === 0) return first;
    this.#put(0, rank, last);
    this.#sink();
    return first;
  }

  #sink(): void {
    let place = 0;
    while (place < this.#items.length) {
      const left = 2 * place + 1;
      const child = this.#rank(left + 1) < this.#rank(left) ? left + 1 : left;
      if (this.#rank(child) >= this.#rank(place)) return;
      this.#swap(child, place);
      place = child;
    }
  }

  #rank(place: number): number {
    return this.#ranks[place] ?? Infinity;
  }

  #put(place: number, rank: number, item: Item): void {
    this.#ranks[place] = rank;
    this.#items[place] = item;
  }

  #swap(a: number, b: number): void {
    const [rank, item] = [this.#ranks[a], this.#items[a]];
    const [otherRank, other] = [this.#ranks[b], this.#items[b]];
    if (rank === undefined || item === undefined || otherRank === undefined || other === undefined)
      return;
    this.#put(a, otherRank, other);
    this.#put(b, rank, item);
  }
}
