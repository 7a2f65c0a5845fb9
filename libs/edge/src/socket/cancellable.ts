type Settle<T> = (result: IteratorResult<T>) => void;

/**
 * An iterator that can be ended while it waits. A generator that is blocked in an await does not
 * hear `return()` until that await ends, which may be never: each client that leaves would leave
 * its subscription behind. Here `return()` aborts the signal first, answers whoever waits for the
 * next value that there is none, and does not wait for the source to notice.
 *
 * `make` is called at the first `next()`; it must stop, and let go of what it holds, when the
 * signal aborts. The signal also aborts when the source ends or fails by itself.
 */
export const cancellable = <T>(
  make: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncIterableIterator<T> => new Cancellable(make);

class Cancellable<T> implements AsyncIterableIterator<T> {
  private readonly controller = new AbortController();
  private readonly waiting = new Set<Settle<T>>();
  private source: AsyncIterator<T> | null = null;

  constructor(private readonly make: (signal: AbortSignal) => AsyncIterable<T>) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.controller.signal.aborted) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      const settle: Settle<T> = (result) => {
        this.waiting.delete(settle);
        resolve(result);
      };
      this.waiting.add(settle);
      this.source ??= this.make(this.controller.signal)[Symbol.asyncIterator]();
      this.source.next().then(
        (result) => {
          if (result.done === true) this.end();
          settle(result);
        },
        (error: unknown) => {
          // What the source throws because it was ended is no news to anyone.
          if (!this.waiting.delete(settle)) return;
          this.end();
          reject(error);
        },
      );
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<T>> {
    this.end();
    return Promise.reject(error);
  }

  private end(): void {
    if (this.controller.signal.aborted) return;
    this.controller.abort();
    for (const settle of this.waiting) settle({ done: true, value: undefined });
    // Asked, not awaited: a blocked generator answers when it comes round to it.
    void this.source?.return?.()?.then(undefined, () => undefined);
  }
}
