import type { EventStoreDbOptions, OpenedEventStoreDb } from './eventstoredb/open.js';

export type { EventStoreDbOptions, OpenedEventStoreDb } from './eventstoredb/open.js';

/**
 * Connects to the log on EventStoreDB or KurrentDB (22.6 or later), one client for each process.
 * Waits for a server that is not there yet: throws StoreUnavailable when it cannot be reached in
 * 30 s, or at once when `signal` aborts. The client is loaded by who opens it alone.
 */
export const openEventStoreDb = async (
  options: EventStoreDbOptions,
): Promise<OpenedEventStoreDb> => {
  const { openEventStoreDb: open } = await import('./eventstoredb/open.js');
  return open(options);
};

/** The same, for who only looks: null when no engine has begun a log there. Writes nothing. */
export const openEventStoreDbBeside = async (
  options: EventStoreDbOptions,
): Promise<OpenedEventStoreDb | null> => {
  const { openEventStoreDbBeside: open } = await import('./eventstoredb/open.js');
  return open(options);
};
