import type { Position } from '#kernel';

type Entry = { readonly position: Position; open: number };

/**
 * Which position everything lies behind: events are begun in log order and finished in any, and
 * `committed` is the newest one that has no unfinished event at or before it.
 */
export class CommitSequence {
  #entries: Entry[] = [];
  #head = 0;
  #committed: Position | null;

  constructor(committed: Position | null) {
    this.#committed = committed;
  }

  get committed(): Position | null {
    return this.#committed;
  }

  /** Events begun of which something is open, or which stand behind such a one. */
  get pending(): number {
    return this.#entries.length - this.#head;
  }

  /** Begins the event at `position`, of `parts` parts; call what comes back once for each. */
  begin(position: Position, parts: number): () => void {
    const entry: Entry = { position, open: parts };
    this.#entries.push(entry);
    this.#advance();
    return () => {
      entry.open -= 1;
      this.#advance();
    };
  }

  #advance(): void {
    let entry = this.#entries[this.#head];
    while (entry && entry.open <= 0) {
      this.#committed = entry.position;
      this.#head += 1;
      entry = this.#entries[this.#head];
    }
    // The passed ones are cut off in halves: each is moved once on average.
    if (this.#head * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
