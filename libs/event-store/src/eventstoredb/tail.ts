import { START, streamNameFilter, type EventStoreDBClient } from '@eventstore/db-client';
import type { ResolvedEvent } from '@eventstore/db-client';
import { comparePositions, type Position } from '#kernel';
import { HighWater, type LogFilter, type LogPage } from '../following.js';
import { StoreUnavailable, type StoredEvent } from '../port.js';
import { Backoff } from './calling.js';
import { NoAnswer, portError } from './failures.js';
import { isShown, SHOWN_STREAMS, storedEvent } from './found-events.js';
import { opened, type OpenCall } from './inside.js';
import { placeOf, positionOfPlace } from './places.js';
import { pulled } from './pulling.js';

/** What the tail keeps at most, whichever comes first; then the older half is let go. */
const KEPT_EVENTS_MAX = 2_000;
const KEPT_CHARACTERS_MAX = 8_000_000;

/** How the log is known again after its server was away. */
export type Recognised = {
  readonly epoch: string;
  /** That of the log which answers now; null where none has begun. */
  readonly find: () => Promise<string | null>;
};

type Options = NonNullable<Parameters<EventStoreDBClient['subscribeToAll']>[0]>;
type Kept = { readonly event: StoredEvent; readonly characters: number };

const matcher = ({ prefixes, types }: LogFilter): ((event: StoredEvent) => boolean) => {
  const ofTypes = new Set(types);
  return ({ stream, type }) =>
    (ofTypes.size === 0 || ofTypes.has(type)) &&
    (prefixes.length === 0 || prefixes.some((prefix) => stream.startsWith(prefix)));
};

/** The events that are told of to who names these streams and types. */
export const matching = (events: readonly StoredEvent[], filter: LogFilter) =>
  events.filter(matcher(filter));

export const charactersOf = ({ data, metadata }: StoredEvent): number =>
  JSON.stringify(data).length + JSON.stringify(metadata).length;

/**
 * The end of the log: one subscription for each process, from which everyone who has caught up is
 * served. It tells how far the log has come, whatever a follower's own filter leaves out, on every
 * server; its newest events are kept, in bounds. One that breaks is opened again where it was.
 */
export class Tail {
  readonly water = new HighWater();
  #kept: Kept[] = [];
  #characters = 0;
  /** Everything after this position is kept; null: everything. */
  #since: Position | null;
  /** What keeps from writing: whether this is still the log that it was is not known, or known not to be. */
  #doubt: string | null = null;
  #recognising: Promise<void> | null = null;

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly closing: AbortSignal,
    private readonly recognised: Recognised,
    from: Position | null,
  ) {
    this.#since = from;
    this.water.rise(from);
  }

  /** Follows the log until the closing. */
  async follow(): Promise<void> {
    const backoff = new Backoff();
    while (!this.closing.aborted)
      try {
        await this.assure();
        for await (const event of pulled(this.#subscription(), [this.closing], Infinity)) {
          backoff.reset();
          this.#add(event);
        }
        this.#doubt ??= 'its server was away';
        await backoff.wait(this.closing);
      } catch (error) {
        this.#doubt ??= 'its server was away';
        const failure = portError(error, {});
        // What is no fault of the line will not pass.
        if (!(failure instanceof StoreUnavailable)) return this.water.fail(failure);
        await backoff.wait(this.closing);
      }
  }

  /** Resolves once the server is known to have the log that it had before it was away; throws NoAnswer. */
  async assure(): Promise<void> {
    if (this.#doubt === null) return;
    this.#recognising ??= this.#recognise().finally(() => {
      this.#recognising = null;
    });
    await this.#recognising;
  }

  async #recognise(): Promise<void> {
    const { epoch, find } = this.recognised;
    const found = await find().catch((error: unknown) => {
      throw error instanceof StoreUnavailable ? new NoAnswer(error.message) : error;
    });
    if (found !== epoch) {
      const which = found === null ? 'an empty one' : `one of epoch ${found}`;
      this.#doubt = `another log answers there: ${which}, and not that of epoch ${epoch}`;
      throw new NoAnswer(this.#doubt);
    }
    this.#doubt = null;
  }

  /** What stands after a position, if it is kept; else null. */
  page(after: Position | null, filter: LogFilter): LogPage | null {
    const since = this.#since;
    if (since !== null && (after === null || comparePositions(after, since) < 0)) return null;
    const { newest } = this.water;
    const events = this.#kept.slice(this.#firstAfter(after)).map(({ event }) => event);
    const isPast = after !== null && (newest === null || comparePositions(newest, after) < 0);
    return { events: matching(events, filter), readTo: isPast ? after : newest, atEnd: true };
  }

  #subscription(): OpenCall {
    const { newest } = this.water;
    const options: Options = {
      fromPosition: newest === null ? START : placeOf(newest),
      filter: streamNameFilter({ regex: SHOWN_STREAMS }),
    };
    return opened(this.client, (client) => client.subscribeToAll(options));
  }

  #add({ event: found }: ResolvedEvent): void {
    const position = positionOfPlace(found?.position);
    const { newest } = this.water;
    if (found === undefined || position === null) return;
    if (newest !== null && comparePositions(position, newest) <= 0) return;
    if (isShown(found)) {
      const event = storedEvent(found);
      const characters = charactersOf(event);
      this.#kept.push({ event, characters });
      this.#characters += characters;
      if (this.#kept.length > KEPT_EVENTS_MAX || this.#characters > KEPT_CHARACTERS_MAX)
        this.#letGo(Math.ceil(this.#kept.length / 2));
    }
    this.water.rise(position);
  }

  #letGo(count: number): void {
    for (const { event, characters } of this.#kept.slice(0, count)) {
      this.#since = event.position;
      this.#characters -= characters;
    }
    this.#kept = this.#kept.slice(count);
  }

  #firstAfter(position: Position | null): number {
    if (position === null) return 0;
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#kept[middle]?.event.position;
      if (at !== undefined && comparePositions(at, position) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
