import { StoreNotWritable, type EventStore } from '#event-store';

/** The same store, and why it has refused to write since; a refusal lasts until the restart. */
export const watchWrites = (
  store: EventStore,
): { readonly store: EventStore; readonly writeRefusal: () => string | null } => {
  let refusal: string | null = null;
  const append: EventStore['append'] = async (...request) => {
    try {
      return await store.append(...request);
    } catch (error) {
      if (error instanceof StoreNotWritable) refusal = 'the log cannot be written';
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
    epoch: () => store.epoch(),
    close: () => store.close(),
  };
  return { store: watched, writeRefusal: () => refusal };
};
