import type { EventStore } from '#event-store';
import { fromStored, NO_STREAM, type RecordedEvent } from './event.js';
import { isMetastream } from './stream-metadata.js';

const STANDINGS_MAX = 20_000;

/** The newest of a stream. `metadata`: what a metastream says last. */
export type Newest = {
  readonly revision: bigint;
  /** The revision of the embedded log, which knows no tombstones. */
  readonly written: bigint;
  readonly metadata: Uint8Array | null;
};

export type Standing = {
  /** With what is being written. */
  ahead: Newest;
  /** What readers may be told of. */
  durable: Newest;
  /** Resolves when what is being written is durable or has failed. */
  settled: Promise<void>;
};

export const newestOf = (event: RecordedEvent, written: bigint): Newest => ({
  revision: event.revision,
  written,
  metadata: isMetastream(event.stream) ? event.data : null,
});

const none: Newest = { revision: NO_STREAM, written: NO_STREAM, metadata: null };

/** Where each stream stands: read once, then kept up with by the writer. */
export class Standings {
  readonly #store: EventStore;
  readonly #known = new Map<string, Standing>();
  readonly #loading = new Map<string, Promise<void>>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  knows(streams: readonly string[]): boolean {
    return streams.every((stream) => this.#known.has(stream));
  }

  /** Reads what is not known. Ask `knows` again: it may be forgotten at once. */
  async load(streams: readonly string[]): Promise<void> {
    const missing = streams.filter((stream) => !this.#known.has(stream));
    await Promise.all(missing.map((stream) => this.#load(stream)));
  }

  of(stream: string): Standing {
    const standing = this.#known.get(stream);
    if (standing === undefined) throw new Error(`${stream} has not been loaded`);
    return standing;
  }

  /** After a failed write nothing is known of it any more. */
  forget(stream: string): void {
    this.#known.delete(stream);
  }

  #load(stream: string): Promise<void> {
    const loading = this.#loading.get(stream) ?? this.#read(stream);
    this.#loading.set(stream, loading);
    return loading;
  }

  async #read(stream: string): Promise<void> {
    try {
      let newest = none;
      const options = { direction: 'backwards', maxCount: 1 } as const;
      for await (const stored of this.#store.readStream(stream, options))
        newest = newestOf(fromStored(stored), stored.revision);
      this.#makeRoom();
      this.#known.set(stream, { ahead: newest, durable: newest, settled: Promise.resolve() });
    } finally {
      this.#loading.delete(stream);
    }
  }

  /** The one known longest goes, unless something of it is being written. */
  #makeRoom(): void {
    if (this.#known.size < STANDINGS_MAX) return;
    for (const [stream, { ahead, durable }] of this.#known)
      if (ahead === durable) {
        this.#known.delete(stream);
        return;
      }
  }
}
