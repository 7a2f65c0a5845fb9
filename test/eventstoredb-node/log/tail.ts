import type { RecordedEvent } from './event.js';

const EVENTS_MAX = 1_000;
const BYTES_MAX = 16 * 1024 * 1024;

const sizeOf = (event: RecordedEvent): number => event.data.length + event.metadata.length;

/**
 * The newest events, so that those who are live read nothing from the disk. It keeps so many and no
 * more, whoever is slow: they read on from the disk.
 */
export class Tail {
  #events: readonly RecordedEvent[] = [];
  #bytes = 0;
  #head: bigint;
  /** What was acknowledged before what stands before it in the log. */
  readonly #early = new Map<bigint, RecordedEvent>();
  readonly #waiting = new Set<() => void>();

  constructor(head: bigint) {
    this.#head = head;
  }

  /** The ordinal of the newest event, 0 when there is none. */
  get head(): bigint {
    return this.#head;
  }

  put(events: readonly RecordedEvent[]): void {
    for (const event of events)
      if (event.ordinal > this.#head) this.#early.set(event.ordinal, event);
    const grown = [...this.#events];
    let next = this.#early.get(this.#head + 1n);
    while (next !== undefined) {
      this.#early.delete(next.ordinal);
      this.#head = next.ordinal;
      this.#bytes += sizeOf(next);
      grown.push(next);
      next = this.#early.get(this.#head + 1n);
    }
    this.#events = this.#shortened(grown);
    for (const wake of this.#waiting) wake();
  }

  #shortened(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    let from = 0;
    while (events.length - from > EVENTS_MAX || this.#bytes > BYTES_MAX) {
      const oldest = events[from];
      if (oldest === undefined) break;
      this.#bytes -= sizeOf(oldest);
      from += 1;
    }
    return from === 0 ? events : events.slice(from);
  }

  /** At most `count` events after `ordinal`; null when the first of them is kept no more. */
  after(ordinal: bigint, count: number): readonly RecordedEvent[] | null {
    if (ordinal >= this.#head) return [];
    const [first] = this.#events;
    if (first === undefined || first.ordinal > ordinal + 1n) return null;
    const from = Number(ordinal + 1n - first.ordinal);
    return this.#events.slice(from, from + count);
  }

  /** Resolves when there is something beyond `ordinal`, or the signal aborts. */
  async beyond(ordinal: bigint, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#head <= ordinal) await this.#woken(signal);
  }

  #woken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
