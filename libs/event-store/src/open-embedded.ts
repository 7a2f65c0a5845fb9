import { EmbeddedEventStore } from './embedded/event-store.js';
import { EmbeddedKeyRing } from './embedded/key-ring.js';
import type { TestingOptions } from './embedded/protocol.js';
import { WorkerLink } from './embedded/worker-link.js';

export type EmbeddedOptions = {
  /** Holds `log.db`, `keys.db` and the owner's lock; made when it is missing. */
  readonly directory: string;
  /** 32 bytes. Wraps every key; the same one at every start. */
  readonly keyEncryptionKey: Uint8Array;
  /** Epoch milliseconds. Serves the streams' maximum age alone. */
  readonly clock: () => number;
  /** Beside a running owner: reads and follows, writes nothing. */
  readonly readOnly?: boolean;
  readonly testing?: TestingOptions;
};

export type Embedded = {
  readonly store: EmbeddedEventStore;
  readonly keys: EmbeddedKeyRing;
  /** Random, made with the log: positions of another epoch mean nothing here. */
  readonly epoch: string;
  /** Finishes what was accepted, then lets go of the files and the thread. */
  readonly close: () => Promise<void>;
};

/**
 * Opens the log and the keys of a data directory in one worker thread, after checking the newest
 * rows. Throws DataDirectoryInUse, LogCorrupted (with the position), WrongKeyEncryptionKey, or
 * StoreUnavailable when there is nothing to read.
 */
export const openEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const { directory, keyEncryptionKey, clock, readOnly = false, testing = {} } = options;
  const { link, epoch, head } = await WorkerLink.open({
    directory,
    keyEncryptionKey,
    readOnly,
    testing,
  });
  const keys = new EmbeddedKeyRing(link);
  const letGo = async (): Promise<void> => {
    await keys.close();
    await link.close();
  };
  const { appendBytesMax } = testing;
  const parts = { link, epoch, head, readOnly, clock, letGo, appendBytesMax };
  const store = new EmbeddedEventStore(parts);
  return { store, keys, epoch, close: () => store.close() };
};
