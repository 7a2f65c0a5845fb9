import { jsonEvent, type AppendResult, type EventStoreDBClient } from '@eventstore/db-client';
import { comparePositions, type Position } from '#kernel';
import { checkAppend } from '../append-size.js';
import { subscribeTo, type Followable, type LogFilter, type LogPage } from '../following.js';
import {
  StoreUnavailable,
  type Appended,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type StreamDeletion,
  type StreamMetadata,
  type Subscribed,
  type SubscribeOptions,
} from '../port.js';
import { checkMetadata } from '../retention.js';
import { Backoff, Calls, closedError, type Patience } from './calling.js';
import { hasNothingToDelete, hasTombstone, type Asked } from './failures.js';
import { disconnect } from './inside.js';
import { positionOfPlace } from './places.js';
import { readLimits, type Reading } from './reading.js';
import { charactersOf, matching, type Tail } from './tail.js';

/** A page that a follower takes from the server, at most. */
const PAGE_CHARACTERS_MAX = 8_000_000;

const expectedByClient = (expected: ExpectedRevision): 'no_stream' | 'any' | bigint =>
  expected === 'no-stream' ? 'no_stream' : expected;

const isBefore = (position: Position | null, other: Position | null): boolean =>
  other !== null && (position === null || comparePositions(position, other) < 0);

/** The log on EventStoreDB or KurrentDB, behind its own client. Made by `openEventStoreDb`. */
export class EventStoreDbStore implements EventStore {
  readonly #client: EventStoreDBClient;
  readonly #epoch: string;
  readonly #calls: Calls;
  readonly #reading: Reading;
  readonly #tail: Tail;
  readonly #following: Promise<void>;
  readonly #stopping: AbortController;
  #closing: Promise<void> | null = null;

  constructor(parts: {
    readonly client: EventStoreDBClient;
    readonly epoch: string;
    readonly patience: Patience;
    readonly reading: Reading;
    readonly tail: Tail;
    readonly stopping: AbortController;
  }) {
    this.#client = parts.client;
    this.#epoch = parts.epoch;
    this.#calls = new Calls(parts.patience, parts.stopping.signal);
    this.#reading = parts.reading;
    this.#tail = parts.tail;
    this.#stopping = parts.stopping;
    this.#following = parts.tail.follow();
  }

  /**
   * Tries again, with the same ids and the same expectation, while the server is away or does not
   * answer in time. At `any` such a repeat is recognised by what the server remembers of the newest
   * events: should it have forgotten (it was started again in between), the events stand twice.
   */
  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    this.#open();
    checkAppend(
      stream,
      events.map(({ type, data, metadata }) => ({
        type,
        data: JSON.stringify(data),
        metadata: JSON.stringify(metadata),
      })),
    );
    const written = events.map((event) => jsonEvent(event));
    return this.#onOwnLog({ stream, expected }, async (deadline) => {
      const expectedRevision = expectedByClient(expected);
      const options = { expectedRevision, deadline, requiresLeader: true };
      return this.#appended(stream, await this.#client.appendToStream(stream, written, options));
    });
  }

  /** The server tells no position of a repeat whose events it cannot read any more. */
  async #appended(stream: string, answer: AppendResult): Promise<Appended> {
    const revision = answer.nextExpectedRevision;
    const told = positionOfPlace(answer.position);
    if (told !== null) return { revision, position: told };
    const one = { direction: 'forwards', from: revision, maxCount: 1 } as const;
    for await (const event of this.#reading.stream(stream, one))
      if (event.revision === revision) return { revision, position: event.position };
    // Whoever has seen the end has seen this append.
    const position = await this.#reading.newest();
    if (position === null) throw new StoreUnavailable('the log shows nothing of what it has');
    return { revision, position };
  }

  async *readStream(stream: string, options: ReadStreamOptions): AsyncGenerator<StoredEvent> {
    this.#open();
    yield* this.#reading.stream(stream, options);
  }

  async *readAll(options: ReadAllOptions): AsyncGenerator<StoredEvent> {
    this.#open();
    yield* this.#reading.all(options);
  }

  subscribe(options: SubscribeOptions): AsyncIterable<Subscribed> {
    // Where the log ended at the beginning, by the server: what was answered before is not missed,
    // though the tail may not have heard of it yet.
    let end: Position | null | undefined;
    const page: Followable['page'] = (after, filter, signal) =>
      this.#persistently(signal, async () => {
        if (end === undefined) end = await this.#reading.newest(signal);
        const isTold = !isBefore(this.#tail.water.newest, end);
        const ofTail = isTold ? this.#tail.page(after, filter) : null;
        return ofTail ?? (await this.#pageOfServer(after, filter, end, signal));
      });
    return subscribeTo({ page, water: this.#tail.water }, options);
  }

  /** Waits while the server is away. */
  async #persistently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    const backoff = new Backoff();
    for (;;) {
      this.#open();
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || signal.aborted) throw error;
        await backoff.wait(signal);
      }
    }
  }

  /** The server filters by stream; by type we do, since it takes one filter alone. */
  async #pageOfServer(
    after: Position | null,
    filter: LogFilter,
    end: Position | null,
    signal: AbortSignal,
  ): Promise<LogPage> {
    // What was known to be there before the read, the read has looked through if it met the end.
    const { newest } = this.#tail.water;
    const known = isBefore(newest, end) ? end : newest;
    const events: StoredEvent[] = [];
    let characters = 0;
    let isWhole = true;
    const from = after === null ? {} : { after };
    const { prefixes } = filter;
    const maxCount = readLimits.pageEvents;
    const found = this.#reading.all({ direction: 'forwards', ...from, prefixes, maxCount }, signal);
    for await (const event of found) {
      events.push(event);
      characters += charactersOf(event);
      isWhole = events.length < maxCount && characters < PAGE_CHARACTERS_MAX;
      if (!isWhole) break;
    }
    const last = events.at(-1)?.position ?? after;
    const readTo = isWhole && isBefore(last, known) ? known : last;
    return { events: matching(events, filter), readTo, atEnd: isWhole };
  }

  async head(): Promise<Position | null> {
    this.#open();
    return this.#onOwnLog({}, () => this.#reading.newest());
  }

  async epoch(): Promise<string> {
    this.#open();
    return this.#epoch;
  }

  async getStreamMetadata(stream: string): Promise<StreamMetadata> {
    this.#open();
    const { metadata = {} } = await this.#calls.call({ stream }, () =>
      this.#client.getStreamMetadata(stream, { requiresLeader: true }),
    );
    const { maxAge, maxCount, truncateBefore } = metadata;
    // Of a stream that was softly deleted the server keeps a truncation beyond all events.
    const isTruncated = truncateBefore !== undefined && Number.isSafeInteger(truncateBefore);
    return {
      ...(maxAge === undefined ? {} : { maxAgeSeconds: maxAge }),
      ...(maxCount === undefined ? {} : { maxCount }),
      ...(isTruncated ? { truncateBefore: BigInt(truncateBefore) } : {}),
    };
  }

  async setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void> {
    this.#open();
    checkMetadata(metadata);
    const { maxAgeSeconds, maxCount, truncateBefore } = metadata;
    const limits = {
      ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
      ...(maxCount === undefined ? {} : { maxCount }),
      ...(truncateBefore === undefined ? {} : { truncateBefore: Number(truncateBefore) }),
    };
    await this.#onOwnLog({ stream }, (deadline) =>
      this.#client.setStreamMetadata(stream, limits, { deadline, requiresLeader: true }),
    );
  }

  async deleteStream(stream: string, deletion: StreamDeletion): Promise<void> {
    this.#open();
    await this.#onOwnLog({ stream }, async (deadline) => {
      const options = { deadline, requiresLeader: true };
      const isSoft = deletion === 'soft';
      const isDone = isSoft ? hasNothingToDelete : hasTombstone;
      try {
        if (isSoft) await this.#client.deleteStream(stream, options);
        else await this.#client.tombstoneStream(stream, options);
      } catch (error) {
        if (!isDone(error)) throw error;
      }
    });
  }

  /** Finishes what was accepted, then lets go of the connection. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#calls.drained();
    this.#tail.water.fail(closedError());
    this.#stopping.abort();
    await this.#following;
    await disconnect(this.#client);
  }

  /** A call that must not reach another log than the one that was opened. */
  #onOwnLog<T>(asked: Asked, attempt: (deadlineMs: number) => Promise<T>): Promise<T> {
    return this.#calls.call(asked, async (deadlineMs) => {
      await this.#tail.assure();
      return attempt(deadlineMs);
    });
  }

  #open(): void {
    if (this.#closing !== null) throw closedError();
  }
}
