import type { EventId, JsonObject, Position } from '#kernel';

/**
 * The log as Casement needs it: a subset of what @eventstore/db-client can do, so that nothing is
 * promised that a cluster cannot keep. Implementations pass the suite in `spec/contract.ts`.
 */
export interface EventStore {
  /**
   * Appends all `events` (at least one) to `stream` or none, durably before it resolves. A repeat with
   * the same ids, in the same order, at the same exact revision gives the same answer and adds
   * nothing; ids alone are compared, since a sealed field never has the same bytes twice. At `any`
   * only a repeat of the stream's newest events is recognised, and on a cluster not after its restart:
   * nothing relies on it.
   * Throws WrongExpectedRevision, StreamDeleted, AppendTooLarge, StoreUnavailable (nothing is known to
   * be written: retry with the same ids and the same exact revision) or StoreNotWritable (nothing was
   * written, save that an append whose very sync failed may appear after the restart; its repeat is
   * recognised).
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended>;

  /**
   * Events of one stream in order; empty when there is no such stream. `from` is inclusive. What the
   * stream's metadata has let go is not shown. Throws StreamDeleted once it has its tombstone.
   */
  readStream(stream: string, options: ReadStreamOptions): AsyncIterable<StoredEvent>;

  /**
   * Events of all streams in log order after (backwards: before) a position, which is exclusive. Up
   * to the head at the time of each page. Events that their stream's metadata has let go, or of a
   * stream that was deleted, may still be shown, here and in `subscribe`: only the stream's own
   * readers are promised not to see them.
   */
  readAll(options: ReadAllOptions): AsyncIterable<StoredEvent>;

  /**
   * Everything after `after`, then live, without a gap and without end, until `signal` aborts (then
   * the iteration ends quietly, as it does on `return()`, also while waiting). `caught-up` is told
   * each time the end of the log is reached: everything up to its position has been shown. A log
   * behind a network that is away for a while is waited for, and followed on from where it was.
   * Throws StoreUnavailable when this store has lost its log for good, or is closed.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<Subscribed>;

  /**
   * The position of the newest event, or null when the log is empty. Whoever follows all streams, or
   * any, is told of it in the end: by the event, or by a `caught-up` at it or beyond.
   */
  head(): Promise<Position | null>;

  /** Random, made with the log and kept in it: positions of another epoch mean nothing here. */
  epoch(): Promise<string>;

  /** What was set, `{}` when nothing was. Setting replaces everything that was set before. */
  getStreamMetadata(stream: string): Promise<StreamMetadata>;
  setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void>;

  /**
   * `soft`: the stream's events and metadata are let go, and its numbering goes on: it may be begun
   * again at `no-stream`, or appended to at its last revision. `tombstone`: for good; whoever reads,
   * appends to or limits the stream meets StreamDeleted. A repeat changes nothing,
   * nor does a soft deletion of what is not there.
   */
  deleteStream(stream: string, deletion: StreamDeletion): Promise<void>;

  /** Finishes what was accepted, then lets go. Later calls throw StoreUnavailable. */
  close(): Promise<void>;
}

export type ExpectedRevision = bigint | 'no-stream' | 'any';

export type EventToAppend = {
  readonly id: EventId;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
};

export type StoredEvent = EventToAppend & {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: Position;
};

/** `revision` and `position` of the last event appended. */
export type Appended = { readonly revision: bigint; readonly position: Position };

export type ReadStreamOptions = {
  readonly direction: 'forwards' | 'backwards';
  readonly from?: bigint;
  readonly maxCount?: number;
};

export type ReadAllOptions = {
  readonly direction: 'forwards' | 'backwards';
  readonly after?: Position;
  readonly prefixes?: readonly string[];
  readonly maxCount?: number;
};

export type SubscribeOptions = {
  /** Exclusive; null from the very beginning. */
  readonly after: Position | null;
  /** Stream prefixes; all streams when empty. */
  readonly prefixes: readonly string[];
  /** Event types; all when there are none. What is left out is never fetched, nor opened. */
  readonly types?: readonly string[];
  readonly signal: AbortSignal;
};

export type Subscribed =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'caught-up'; readonly position: Position | null };

export type StreamMetadata = {
  readonly maxAgeSeconds?: number;
  readonly maxCount?: number;
  readonly truncateBefore?: bigint;
};

export type StreamDeletion = 'soft' | 'tombstone';

/** Somebody decided first. `actual` is the stream's revision, null when the stream does not exist. */
export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: bigint | null,
  ) {
    super(`stream ${stream} is at ${actual ?? 'no revision'}, not at ${expected}`);
  }
}

/** The stream has its tombstone: nothing is read from it or appended to it any more. */
export class StreamDeleted extends Error {
  override readonly name = 'StreamDeleted';
  constructor(readonly stream: string) {
    super(`stream ${stream} has been deleted for good`);
  }
}

/** An append is over `APPEND_BYTES_MAX`, or over what the server takes; nothing was written. */
export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';
  constructor(
    readonly stream: string,
    /** In bytes; null when the server did not say. */
    readonly limit: number | null,
  ) {
    super(`an append to ${stream} is over ${limit === null ? 'the limit' : `${limit} bytes`}`);
  }
}

/** The log cannot be reached or has been closed; whether anything was written is not known. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The log refuses writes (disk full, read-only, failed sync) until restarted; reads may go on. */
export class StoreNotWritable extends Error {
  override readonly name = 'StoreNotWritable';
}

/** A stored row does not match its checksum: the log must not be trusted from `position` on. */
export class LogCorrupted extends Error {
  override readonly name = 'LogCorrupted';
  constructor(
    readonly position: Position,
    detail: string,
  ) {
    super(`the log is corrupted at position ${position}: ${detail}`);
  }
}
