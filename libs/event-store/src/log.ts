import type { DomainEvent, EventId, EventMetadata, Position, Recorded } from '#kernel';
import type { Appended, ExpectedRevision, StreamMetadata } from './port.js';

/** A fact that is about to be recorded. Its envelope's `occurredAt` is the event's `at`. */
export type FactToRecord = DomainEvent & {
  readonly id: EventId;
  readonly metadata: Omit<EventMetadata, 'occurredAt'>;
};

/**
 * The store behind its codec: facts in, facts out. Seals personal fields on the way in and opens
 * them on the way out (ERASED where the key is gone), stamps the schema version and upcasts.
 * The same errors as the port, and UnknownEventType for a type that no catalogue names.
 */
export interface EventLog {
  append(
    stream: string,
    expected: ExpectedRevision,
    facts: readonly FactToRecord[],
  ): Promise<Appended>;
  readStream(
    stream: string,
    options: {
      readonly direction: 'forwards' | 'backwards';
      readonly from?: bigint;
      readonly maxCount?: number;
    },
  ): AsyncIterable<Recorded>;
  readAll(options: {
    readonly direction: 'forwards' | 'backwards';
    readonly after?: Position;
    readonly prefixes?: readonly string[];
    readonly maxCount?: number;
  }): AsyncIterable<Recorded>;
  subscribe(options: {
    readonly after: Position | null;
    readonly prefixes: readonly string[];
    readonly types?: readonly string[];
    readonly signal: AbortSignal;
  }): AsyncIterable<
    | { readonly kind: 'event'; readonly event: Recorded }
    | { readonly kind: 'caught-up'; readonly position: Position | null }
  >;
  head(): Promise<Position | null>;
  setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void>;
}

export class UnknownEventType extends Error {
  override readonly name = 'UnknownEventType';
  constructor(
    readonly type: string,
    version?: number,
  ) {
    super(`no catalogue names the event ${type}${version ? ` in version ${version}` : ''}`);
  }
}
