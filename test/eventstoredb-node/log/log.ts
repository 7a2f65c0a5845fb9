import { openEmbedded, type Embedded } from '#event-store';
import {
  DELETED_STREAM,
  fromStored,
  NO_STREAM,
  ordinalAt,
  positionAt,
  type RecordedEvent,
} from './event.js';
import { Standings } from './standings.js';
import {
  isMetastream,
  isSoftDeleted,
  metastreamOf,
  oldestShown,
  originalOf,
  retentionOf,
} from './stream-metadata.js';
import { Tail } from './tail.js';
import { Writer } from './writer.js';

/** How much is read at once, as EventStoreDB does: what is held for a slow reader is bounded. */
export const PAGE_EVENTS = 32;

export type Direction = 'forwards' | 'backwards';

/** What a reader of a stream may see. */
export type Shown =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'deleted' }
  | {
      readonly kind: 'shown';
      readonly oldest: bigint;
      readonly newest: bigint;
      readonly maxAgeMs: number | null;
    };

// The node seals nothing: the embedded log wants a key all the same.
const keyEncryptionKey = new Uint8Array(32);

const KEPT_BYTES_MAX = 64 * 1024 * 1024;

export type LogOptions = {
  readonly directory: string;
  readonly clock: () => number;
  /** What tests of slow and full disks ask for. */
  readonly testing?: { readonly commitDelayMs?: number; readonly pagesMax?: number };
};

/** The embedded log, seen as EventStoreDB sees its own. */
export class NodeLog {
  readonly #embedded: Embedded;
  readonly #clock: () => number;
  readonly #standings: Standings;
  readonly tail: Tail;
  readonly writer: Writer;

  private constructor(embedded: Embedded, clock: () => number, head: bigint) {
    const { store } = embedded;
    this.#embedded = embedded;
    this.#clock = clock;
    this.#standings = new Standings(store);
    this.tail = new Tail(head);
    this.writer = new Writer({ store, standings: this.#standings, tail: this.tail, clock });
  }

  static async open({ directory, clock, testing = {} }: LogOptions): Promise<NodeLog> {
    // An event is kept with what the protocol says of it, and its bytes as text.
    const limits = { ...testing, appendBytesMax: KEPT_BYTES_MAX };
    const embedded = await openEmbedded({ directory, keyEncryptionKey, clock, testing: limits });
    const head = await embedded.store.head();
    return new NodeLog(embedded, clock, head === null ? 0n : ordinalAt(head));
  }

  async shown(stream: string): Promise<Shown> {
    const needed = [stream, metastreamOf(stream)];
    if (isMetastream(stream)) needed.push(originalOf(stream));
    // What is known may be forgotten between two awaits, after a failed write.
    while (!this.#standings.knows(needed)) await this.#standings.load(needed);
    const newestOf = (name: string): bigint => this.#standings.of(name).durable.revision;
    const isOver = needed.some(
      (name) => name !== metastreamOf(stream) && newestOf(name) === DELETED_STREAM,
    );
    if (isOver) return { kind: 'deleted' };
    const { metadata } = this.#standings.of(metastreamOf(stream)).durable;
    const retention = retentionOf(stream, metadata);
    const newest = newestOf(stream);
    if (newest === NO_STREAM || isSoftDeleted(retention)) return { kind: 'not-found' };
    const oldest = oldestShown(retention, newest);
    return { kind: 'shown', oldest, newest, maxAgeMs: retention.maxAgeMs };
  }

  /** Events of a stream from a revision on, as far as it shows them. */
  async *readStream(
    stream: string,
    shown: Shown & { readonly kind: 'shown' },
    direction: Direction,
    from: bigint,
  ): AsyncGenerator<RecordedEvent> {
    const isBackwards = direction === 'backwards';
    const { oldest, newest, maxAgeMs } = shown;
    const youngEnoughAtMs = maxAgeMs === null ? -Infinity : this.#clock() - maxAgeMs;
    let next = isBackwards ? smaller(from, newest) : larger(from, oldest);
    // Each turn reads a page; a page that holds nothing is behind the end.
    while (next >= oldest && next <= newest) {
      let read = 0;
      const options = { direction, from: next, maxCount: PAGE_EVENTS };
      for await (const stored of this.#embedded.store.readStream(stream, options)) {
        read += 1;
        if (stored.revision < oldest || stored.revision > newest) return;
        const event = fromStored(stored);
        if (event.createdAtMs >= youngEnoughAtMs) yield event;
      }
      if (read < PAGE_EVENTS) return;
      next += BigInt(isBackwards ? -read : read);
    }
  }

  /** The next page of everything after (backwards: before) an ordinal, which is exclusive. */
  async readAllPage(direction: Direction, after: bigint | null): Promise<readonly RecordedEvent[]> {
    const page: RecordedEvent[] = [];
    const bound = after === null ? {} : { after: positionAt(after) };
    const options = { direction, ...bound, maxCount: PAGE_EVENTS };
    for await (const stored of this.#embedded.store.readAll(options)) page.push(fromStored(stored));
    return page;
  }

  close(): Promise<void> {
    return this.#embedded.close();
  }
}

const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);
const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);
