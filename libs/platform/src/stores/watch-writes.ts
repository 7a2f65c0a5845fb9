import { LogCorrupted, StoreNotWritable } from '#event-store';
import type { EmbeddedEventStore, EventStore } from '#event-store';

export type Watched = {
  readonly store: EventStore;
  /** Why nothing can be written, for the operator; null when it can. Lasts until the restart. */
  readonly writeRefusal: () => string | null;
  /** Checks every row of the log, beside everything else. Never throws. */
  readonly checkAll: () => Promise<void>;
};

/** The same store, with what it says when it refuses to write. */
export const watchWrites = (store: EmbeddedEventStore): Watched => {
  let refusal: string | null = null;
  const heard = (error: unknown): void => {
    if (error instanceof LogCorrupted) refusal = error.message;
    if (error instanceof StoreNotWritable) refusal ??= 'the log cannot be written';
  };
  const append: EventStore['append'] = async (...request) => {
    try {
      return await store.append(...request);
    } catch (error) {
      heard(error);
      throw error;
    }
  };
  const watched: EventStore = {
    append,
    readStream: (...request) => store.readStream(...request),
    readAll: (...request) => store.readAll(...request),
    subscribe: (...request) => store.subscribe(...request),
    head: () => store.head(),
    getStreamMetadata: (...request) => store.getStreamMetadata(...request),
    setStreamMetadata: (...request) => store.setStreamMetadata(...request),
    deleteStream: (...request) => store.deleteStream(...request),
    epoch: () => store.epoch(),
    close: () => store.close(),
  };
  return {
    store: watched,
    writeRefusal: () => refusal,
    checkAll: () => store.verifyAll().catch(heard),
  };
};
