import { comparePositions, type Position } from '#kernel';
import type { StoredEvent, Subscribed, SubscribeOptions } from './port.js';

const isBeyond = (position: Position | null, other: Position | null): boolean =>
  position !== null && (other === null || comparePositions(position, other) > 0);

/**
 * The newest position known to be readable. It is compared, not signalled: who asks to wait beyond a
 * position that has been passed meanwhile does not wait, so no wake-up is lost between the last read
 * and the wait.
 */
export class HighWater {
  #newest: Position | null = null;
  #failure: Error | null = null;
  readonly #waiting = new Set<() => void>();

  get waiters(): number {
    return this.#waiting.size;
  }

  /** Null while nothing is known to be there. */
  get newest(): Position | null {
    return this.#newest;
  }

  /** Tells that everything up to `position` can be read. */
  rise(position: Position | null): void {
    if (!isBeyond(position, this.#newest)) return;
    this.#newest = position;
    this.#wake();
  }

  /** Tells that nothing more will come: who waits, or comes to wait, is given the error. */
  fail(failure: Error): void {
    this.#failure = failure;
    this.#wake();
  }

  /** Resolves when something beyond `position` can be read or the signal aborts. */
  async beyond(position: Position | null, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#failure === null && !isBeyond(this.#newest, position))
      await this.#woken(signal);
    if (this.#failure !== null && !signal.aborted) throw this.#failure;
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

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

/** A page of the log. `readTo` is how far the log has been looked through, matching or not. */
export type LogPage = {
  readonly events: readonly StoredEvent[];
  readonly readTo: Position | null;
  readonly atEnd: boolean;
};

/** Which events are told: those of these streams and types; none named: all. */
export type LogFilter = {
  readonly prefixes: readonly string[];
  readonly types: readonly string[];
};

export type Followable = {
  /** What stands after a position. Gives up when the signal aborts. */
  readonly page: (
    after: Position | null,
    filter: LogFilter,
    signal: AbortSignal,
  ) => Promise<LogPage>;
  readonly water: HighWater;
};

async function* following(
  log: Followable,
  options: SubscribeOptions,
  signal: AbortSignal,
): AsyncGenerator<Subscribed, undefined> {
  const { prefixes, types = [] } = options;
  let { after } = options;
  // Endless by design: it ends with its signal. Each turn reads one bounded page or waits.
  while (!signal.aborted) {
    const page = await log.page(after, { prefixes, types }, signal);
    for (const event of page.events) {
      if (signal.aborted) return;
      yield { kind: 'event', event };
    }
    after = page.readTo;
    if (!page.atEnd || signal.aborted) continue;
    yield { kind: 'caught-up', position: after };
    await log.water.beyond(after, signal);
  }
}

/**
 * Catch-up and live in one: the same page read serves both, so there is no seam between them. The
 * iterator's `return()` aborts first, because a generator that is blocked in an await does not hear
 * it; an abort ends the iteration quietly.
 */
export const subscribeTo = (
  log: Followable,
  options: SubscribeOptions,
): AsyncIterable<Subscribed> => ({
  [Symbol.asyncIterator]: () => {
    const own = new AbortController();
    const abort = (): void => {
      own.abort();
    };
    options.signal.addEventListener('abort', abort);
    if (options.signal.aborted) abort();
    const generator = following(log, options, own.signal);
    const letGo = (): void => {
      options.signal.removeEventListener('abort', abort);
    };
    const next = async (): Promise<IteratorResult<Subscribed, undefined>> => {
      try {
        const result = await generator.next();
        if (result.done) letGo();
        return result;
      } catch (error) {
        letGo();
        if (!own.signal.aborted) throw error;
        return { done: true, value: undefined };
      }
    };
    const end = async (): Promise<IteratorResult<Subscribed, undefined>> => {
      letGo();
      abort();
      await generator.return(undefined);
      return { done: true, value: undefined };
    };
    return { next, return: end };
  },
});
