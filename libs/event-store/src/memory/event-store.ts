import { randomUUID } from 'node:crypto';
import type { JsonObject, Position } from '#kernel';
import { expectedNumber, judge } from '../expectation.js';
import { HighWater, subscribeTo, type LogFilter, type LogPage } from '../following.js';
import {
  StoreUnavailable,
  WrongExpectedRevision,
  type Appended,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type StreamMetadata,
  type Subscribed,
  type SubscribeOptions,
} from '../port.js';
import { ordinalOf, positionOf } from '../position.js';
import { checkMetadata, oldestShown, tooOldAt } from '../retention.js';

const PAGE_EVENTS_MAX = 500;

type Kept = { readonly event: StoredEvent; readonly writtenAt: number };

const copied = (data: JsonObject): JsonObject => JSON.parse(JSON.stringify(data)) as JsonObject;

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
    if (events.length === 0) throw new TypeError('an append takes at least one event');
    const kept = this.#streams.get(stream) ?? [];
    const current = kept.length - 1;
    const judgement = judge(
      expectedNumber(expected),
      events.map((event) => event.id),
      { current, idsFrom: (from, count) => kept.slice(from, from + count).map((k) => k.event.id) },
    );
    if (judgement.kind === 'conflict')
      throw new WrongExpectedRevision(stream, expected, current < 0 ? null : BigInt(current));
    if (judgement.kind === 'append') this.#write(stream, kept, events);
    const last = kept[judgement.kind === 'append' ? kept.length - 1 : judgement.revision];
    if (last === undefined) throw new Error('an append left no event');
    return { revision: last.event.revision, position: last.event.position };
  }

  #write(stream: string, kept: Kept[], events: readonly EventToAppend[]): void {
    this.#streams.set(stream, kept);
    for (const { id, type, data, metadata } of events) {
      const revision = BigInt(kept.length);
      const position = positionOf(this.#all.length + 1);
      const content = { id, type, data: copied(data), metadata: copied(metadata) };
      const event = { ...content, stream, revision, position };
      const entry = { event, writtenAt: this.#clock() };
      kept.push(entry);
      this.#all.push(entry);
    }
    this.#water.rise(this.#all.length);
  }

  async *readStream(stream: string, options: ReadStreamOptions): AsyncGenerator<StoredEvent> {
    await this.#open();
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
    const page = (after: number, filter: LogFilter): Promise<LogPage> => this.#page(after, filter);
    return subscribeTo({ page, water: this.#water, ordinalOf, positionOf }, options);
  }

  async #page(after: number, { prefixes, types }: LogFilter): Promise<LogPage> {
    await this.#open();
    const looked = this.#all.slice(after, after + PAGE_EVENTS_MAX);
    const isTold = ({ stream, type }: StoredEvent): boolean =>
      matches(stream, prefixes) && (types.length === 0 || types.includes(type));
    const events = looked.map(({ event }) => event).filter(isTold);
    const readTo = after + looked.length;
    return { events, readTo, atEnd: readTo >= this.#all.length };
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
    await this.#open();
    return this.#metadata.get(stream) ?? {};
  }

  async setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void> {
    await this.#open();
    checkMetadata(metadata);
    this.#metadata.set(stream, { ...metadata });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#water.fail(new StoreUnavailable('the log has been closed'));
  }

  async #open(): Promise<void> {
    if (this.#closed) throw new StoreUnavailable('the log has been closed');
  }
}
