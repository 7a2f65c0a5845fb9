import { randomUUID } from 'node:crypto';
import type { JsonObject, Position } from '#kernel';
import { checkAppend, type WrittenEvent } from '../append-size.js';
import { expectedNumber, judge } from '../expectation.js';
import {
  HighWater,
  subscribeTo,
  type Followable,
  type LogFilter,
  type LogPage,
} from '../following.js';
import {
  StoreUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
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
import { ordinalOf, positionOf } from '../position.js';
import { checkMetadata, oldestShown, tooOldAt } from '../retention.js';

const PAGE_EVENTS_MAX = 500;

type EventText = Pick<EventToAppend, 'id' | 'type'> & WrittenEvent;
type Kept = { readonly event: StoredEvent; readonly writtenAt: number };

const parsed = (text: string): JsonObject => JSON.parse(text) as JsonObject;

const matches = (stream: string, prefixes: readonly string[]): boolean =>
  prefixes.length === 0 || prefixes.some((prefix) => stream.startsWith(prefix));

/**
 * The log in memory, for fast specs: every promise of the port but durability. `clock` gives epoch
 * milliseconds and serves the streams' maximum age alone.
 */
export const createMemoryEventStore = (options: { readonly clock: () => number }): EventStore =>
  new MemoryEventStore(options.clock);

class MemoryEventStore implements EventStore {
  readonly #all: Kept[] = [];
  readonly #streams = new Map<string, Kept[]>();
  readonly #metadata = new Map<string, StreamMetadata>();
  readonly #deletions = new Map<string, StreamDeletion>();
  readonly #water = new HighWater();
  readonly #epoch = randomUUID();
  readonly #clock: () => number;
  #closed = false;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    await this.#open();
    const texts = events.map(({ data, metadata, ...event }) => ({
      ...event,
      data: JSON.stringify(data),
      metadata: JSON.stringify(metadata),
    }));
    checkAppend(stream, texts);
    const kept = this.#streams.get(stream) ?? [];
    const current = kept.length - 1;
    const judgement = judge(
      expectedNumber(expected),
      events.map((event) => event.id),
      {
        current,
        deletion: this.#deletions.get(stream) ?? null,
        idsFrom: (from, count) => kept.slice(from, from + count).map((k) => k.event.id),
      },
    );
    if (judgement.kind === 'deleted') throw new StreamDeleted(stream);
    if (judgement.kind === 'conflict')
      throw new WrongExpectedRevision(stream, expected, current < 0 ? null : BigInt(current));
    if (judgement.kind === 'append') this.#write(stream, kept, texts);
    const last = kept[judgement.kind === 'append' ? kept.length - 1 : judgement.revision];
    if (last === undefined) throw new Error('an append left no event');
    return { revision: last.event.revision, position: last.event.position };
  }

  #write(stream: string, kept: Kept[], events: readonly EventText[]): void {
    this.#streams.set(stream, kept);
    this.#deletions.delete(stream);
    for (const { id, type, data, metadata } of events) {
      const revision = BigInt(kept.length);
      const position = positionOf(this.#all.length + 1);
      const content = { id, type, data: parsed(data), metadata: parsed(metadata) };
      const event = { ...content, stream, revision, position };
      const entry = { event, writtenAt: this.#clock() };
      kept.push(entry);
      this.#all.push(entry);
    }
    this.#water.rise(this.#all.at(-1)?.event.position ?? null);
  }

  async *readStream(stream: string, options: ReadStreamOptions): AsyncGenerator<StoredEvent> {
    await this.#undeleted(stream);
    const kept = this.#streams.get(stream) ?? [];
    const metadata = this.#metadata.get(stream) ?? {};
    const oldest = oldestShown(metadata, kept.length - 1);
    const tooOld = tooOldAt(metadata, this.#clock());
    const shown = kept.filter(
      ({ event, writtenAt }) => event.revision >= oldest && writtenAt > tooOld,
    );
    const forwards = options.direction === 'forwards';
    const { from = forwards ? 0n : BigInt(kept.length) } = options;
    const inReach = shown.filter(({ event }) =>
      forwards ? event.revision >= from : event.revision <= from,
    );
    yield* this.#handedOut(forwards ? inReach : inReach.reverse(), options.maxCount);
  }

  async *readAll(options: ReadAllOptions): AsyncGenerator<StoredEvent> {
    await this.#open();
    const forwards = options.direction === 'forwards';
    const bound = options.after === undefined ? null : ordinalOf(options.after);
    const inReach = forwards
      ? this.#all.slice(bound ?? 0)
      : this.#all.slice(0, bound === null ? undefined : Math.max(bound - 1, 0)).reverse();
    const { prefixes = [] } = options;
    const matching = inReach.filter(({ event }) => matches(event.stream, prefixes));
    yield* this.#handedOut(matching, options.maxCount);
  }

  *#handedOut(kept: readonly Kept[], maxCount?: number): Generator<StoredEvent> {
    for (const { event } of kept.slice(0, maxCount)) {
      if (this.#closed) throw new StoreUnavailable('the log has been closed');
      yield event;
    }
  }

  subscribe(options: SubscribeOptions): AsyncIterable<Subscribed> {
    const page: Followable['page'] = (after, filter) => this.#page(after, filter);
    return subscribeTo({ page, water: this.#water }, options);
  }

  async #page(from: Position | null, { prefixes, types }: LogFilter): Promise<LogPage> {
    await this.#open();
    const after = ordinalOf(from);
    const looked = this.#all.slice(after, after + PAGE_EVENTS_MAX);
    const isTold = ({ stream, type }: StoredEvent): boolean =>
      matches(stream, prefixes) && (types.length === 0 || types.includes(type));
    const events = looked.map(({ event }) => event).filter(isTold);
    const readTo = looked.at(-1)?.event.position ?? from;
    return { events, readTo, atEnd: after + looked.length >= this.#all.length };
  }

  async head(): Promise<Position | null> {
    await this.#open();
    return this.#all.length === 0 ? null : positionOf(this.#all.length);
  }

  async epoch(): Promise<string> {
    await this.#open();
    return this.#epoch;
  }

  async getStreamMetadata(stream: string): Promise<StreamMetadata> {
    await this.#undeleted(stream);
    return this.#deletions.has(stream) ? {} : (this.#metadata.get(stream) ?? {});
  }

  async setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void> {
    checkMetadata(metadata);
    await this.#undeleted(stream);
    const truncation = this.#deletions.delete(stream) ? this.#truncation(stream) : {};
    this.#metadata.set(stream, { ...metadata, ...truncation });
  }

  async deleteStream(stream: string, deletion: StreamDeletion): Promise<void> {
    await this.#open();
    if (deletion === 'soft') {
      await this.#undeleted(stream);
      if (!this.#streams.has(stream) && !this.#metadata.has(stream)) return;
      this.#metadata.set(stream, this.#truncation(stream));
    }
    this.#deletions.set(stream, deletion);
  }

  /** What lets go of everything that the stream holds now. */
  #truncation(stream: string): StreamMetadata {
    return { truncateBefore: BigInt(this.#streams.get(stream)?.length ?? 0) };
  }

  async #undeleted(stream: string): Promise<void> {
    await this.#open();
    if (this.#deletions.get(stream) === 'tombstone') throw new StreamDeleted(stream);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#water.fail(new StoreUnavailable('the log has been closed'));
  }

  async #open(): Promise<void> {
    if (this.#closed) throw new StoreUnavailable('the log has been closed');
  }
}
