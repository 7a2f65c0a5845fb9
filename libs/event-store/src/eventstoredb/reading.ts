import { performance } from 'node:perf_hooks';
import {
  BACKWARDS,
  END,
  FORWARDS,
  START,
  type EventStoreDBClient,
  type ReadRevision,
  type ResolvedEvent,
} from '@eventstore/db-client';
import type { Position } from '#kernel';
import type { ReadAllOptions, ReadStreamOptions, StoredEvent } from '../port.js';
import { Backoff, closedError, type Patience } from './calling.js';
import { isNotFound, isPassing, portError, type Asked } from './failures.js';
import { isShown, SHOWN_STREAMS, storedEvent } from './found-events.js';
import { opened, type OpenCall, type StreamFilter } from './inside.js';
import { placeOf, positionOfPlace } from './places.js';
import { isAnyAborted, pulled } from './pulling.js';

export const readLimits = {
  /** Events of one call to the server. */
  pageEvents: 500,
  /** One event of a stream may take so long. */
  streamMs: 5_000,
  /** The same where the server may look through much of the log before it finds one. */
  allMs: 30_000,
} as const;

type StreamOptions = NonNullable<Parameters<EventStoreDBClient['readStream']>[1]>;
type AllOptions = NonNullable<Parameters<EventStoreDBClient['readAll']>[0]>;

/** What is read next: the call, or null when enough has been read. `asks` is how many events. */
type Page = { readonly read: OpenCall; readonly asks: number };

const filterOf = (prefixes: readonly string[] = []): StreamFilter =>
  prefixes.length === 0 ? { regex: SHOWN_STREAMS } : { prefixes: [...prefixes] };

/** Reads, in pages. A page that breaks off is taken up where it was, until the patience is over. */
export class Reading {
  constructor(
    private readonly client: EventStoreDBClient,
    private readonly patience: Patience,
    private readonly closing: AbortSignal,
  ) {}

  async *stream(
    stream: string,
    { direction, from, maxCount = Number.POSITIVE_INFINITY }: ReadStreamOptions,
  ): AsyncGenerator<StoredEvent, undefined> {
    const step = direction === 'forwards' ? 1n : -1n;
    let next: ReadRevision = from ?? (direction === 'forwards' ? START : END);
    let left = maxCount;
    const page = (): Page | null => {
      const asks = Math.min(left, readLimits.pageEvents);
      // Backwards there is nothing before the first.
      if (asks <= 0 || (typeof next === 'bigint' && next < 0n)) return null;
      const options: StreamOptions = {
        direction: direction === 'forwards' ? FORWARDS : BACKWARDS,
        fromRevision: next,
        maxCount: asks,
        requiresLeader: true,
      };
      return { read: opened(this.client, (client) => client.readStream(stream, options)), asks };
    };
    const limits = { deadlineMs: readLimits.streamMs, signals: [this.closing], asked: { stream } };
    for await (const { event } of this.#paged(page, limits)) {
      if (event === undefined) continue;
      next = event.revision + step;
      left -= 1;
      yield storedEvent(event);
      if (left <= 0) return;
    }
  }

  /** `signal` ends it, besides the closing, with StoreUnavailable. */
  async *all(
    { direction, after, prefixes, maxCount = Number.POSITIVE_INFINITY }: ReadAllOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<StoredEvent, undefined> {
    let last = after ?? null;
    let left = maxCount;
    const isForwards = direction === 'forwards';
    const page = (): Page | null => {
      if (left <= 0) return null;
      // Forwards the server begins with the event at the position, which is not shown again.
      const asks = Math.min(left, readLimits.pageEvents) + (isForwards && last !== null ? 1 : 0);
      const options: AllOptions = {
        direction: isForwards ? FORWARDS : BACKWARDS,
        fromPosition: last === null ? (isForwards ? START : END) : placeOf(last),
        maxCount: asks,
        requiresLeader: true,
      };
      const filter = filterOf(prefixes);
      return { read: opened(this.client, (client) => client.readAll(options), filter), asks };
    };
    const signals = signal === undefined ? [this.closing] : [this.closing, signal];
    const limits = { deadlineMs: readLimits.allMs, signals, asked: {} };
    for await (const { event } of this.#paged(page, limits)) {
      const position = positionOfPlace(event?.position);
      if (event === undefined || position === null || position === last) continue;
      last = position;
      if (!isShown(event)) continue;
      left -= 1;
      yield storedEvent(event);
      if (left <= 0) return;
    }
  }

  /** The newest event that is shown. */
  async newest(signal?: AbortSignal): Promise<Position | null> {
    const one = { direction: 'backwards', maxCount: 1 } as const;
    for await (const { position } of this.all(one, signal)) return position;
    return null;
  }

  async *#paged(
    page: () => Page | null,
    limits: {
      readonly deadlineMs: number;
      readonly signals: readonly AbortSignal[];
      readonly asked: Asked;
    },
  ): AsyncGenerator<ResolvedEvent, undefined> {
    const { deadlineMs, signals, asked } = limits;
    const { patience } = this;
    const { isLost, ms } = patience;
    const backoff = new Backoff();
    let waitingSince = performance.now();
    // Each turn reads a page further, or waits; it ends with the log, or the patience.
    for (let next = page(); next !== null; next = page())
      try {
        if (isAnyAborted(signals)) throw closedError();
        let found = 0;
        for await (const event of pulled(next.read, signals, deadlineMs)) {
          found += 1;
          yield event;
          patience.answered();
          backoff.reset();
          waitingSince = performance.now();
        }
        patience.answered();
        if (found < next.asks) return;
      } catch (error) {
        if (isNotFound(error)) return;
        const isOver = performance.now() - waitingSince >= ms;
        if (isOver && isPassing(error)) patience.lost();
        const isEnding = isOver || isLost || isAnyAborted(signals);
        if (isEnding || !isPassing(error)) throw portError(error, asked);
        await backoff.wait(signals.at(-1) ?? this.closing);
      }
  }
}
