import { StoreUnavailable, type EventStore } from '#event-store';

/** How long a log that did not answer is left alone before somebody may ask it again. */
const askAgainAfterMs = 500;

export type Guarded = {
  readonly store: EventStore;
  /** Why nothing can be written, or null when it can. */
  readonly writeRefusal: () => Promise<string | null>;
};

type Monotonic = { readonly monotonicMs: () => number };

/**
 * A log that others serve, as those see it who must answer somebody: once it did not answer, appends
 * and reads of streams are refused at once instead of waiting each for a time-out of its own. Every
 * half second one of them is let through, and the first that succeeds opens the way for all.
 * Subscriptions and readings of the whole log wait for it by themselves.
 */
export const guarded = (store: EventStore, timer: Monotonic): Guarded => {
  let askAgainAtMs: number | null = null;
  const check = (): void => {
    if (askAgainAtMs === null) return;
    if (timer.monotonicMs() < askAgainAtMs)
      throw new StoreUnavailable('the log did not answer a moment ago');
    askAgainAtMs = timer.monotonicMs() + askAgainAfterMs;
  };
  const failed = (error: unknown): void => {
    if (error instanceof StoreUnavailable) askAgainAtMs = timer.monotonicMs() + askAgainAfterMs;
    else askAgainAtMs = null;
  };
  const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
    check();
    try {
      const answer = await ask();
      askAgainAtMs = null;
      return answer;
    } catch (error) {
      failed(error);
      throw error;
    }
  };
  async function* reading<T>(read: () => AsyncIterable<T>): AsyncGenerator<T, void> {
    check();
    try {
      yield* read();
      askAgainAtMs = null;
    } catch (error) {
      failed(error);
      throw error;
    }
  }
  return {
    store: {
      append: (...request) => asked(() => store.append(...request)),
      readStream: (...request) => reading(() => store.readStream(...request)),
      readAll: (...request) => store.readAll(...request),
      subscribe: (...request) => store.subscribe(...request),
      head: () => store.head(),
      getStreamMetadata: (...request) => store.getStreamMetadata(...request),
      setStreamMetadata: (...request) => store.setStreamMetadata(...request),
      deleteStream: (...request) => asked(() => store.deleteStream(...request)),
      epoch: () => store.epoch(),
      close: () => store.close(),
    },
    writeRefusal: () =>
      store.head().then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
  };
};
