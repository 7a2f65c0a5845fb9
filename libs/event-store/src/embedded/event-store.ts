import type { EventId, JsonObject, Position } from '#kernel';
import { APPEND_BYTES_MAX, checkAppend } from '../append-size.js';
import { expectedNumber } from '../expectation.js';
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
import { checkMetadata } from '../retention.js';
import { CHAIN_START } from './chain.js';
import { Gatherer } from './gatherer.js';
import type { AppendAnswer, AppendRequest, EventRow, Link, Statistics } from './protocol.js';
import type { WorkerLink } from './worker-link.js';

/** Appends that share one commit at most. */
export const BATCH_APPENDS_MAX = 1_000;
/** Appends that wait at most; beyond, StoreUnavailable. */
export const WAITING_APPENDS_MAX = 20_000;
const PAGE_EVENTS_MAX = 500;
/** How often a reader beside the owner looks for news, while somebody waits for it. */
const READ_ONLY_POLL_MS = 100;

const storedEvent = (row: EventRow): StoredEvent => {
  const [position, stream, revision, id, type, data, metadata] = row;
  return {
    id: id as EventId,
    type,
    data: JSON.parse(data) as JsonObject,
    metadata: JSON.parse(metadata) as JsonObject,
    stream,
    revision: BigInt(revision),
    position: positionOf(position),
  };
};

/** The log in one SQLite file, behind one worker thread. Made by `openEmbedded`. */
export class EmbeddedEventStore implements EventStore {
  readonly #link: WorkerLink;
  readonly #epoch: string;
  readonly #clock: () => number;
  readonly #appendBytesMax: number;
  readonly #water = new HighWater();
  readonly #appends: Gatherer<AppendRequest, AppendAnswer>;
  readonly #poll: NodeJS.Timeout | null;
  readonly #letGo: () => Promise<void>;
  #closing: Promise<void> | null = null;

  constructor(options: {
    readonly link: WorkerLink;
    readonly epoch: string;
    readonly head: number;
    readonly readOnly: boolean;
    readonly clock: () => number;
    readonly appendBytesMax?: number | undefined;
    readonly letGo: () => Promise<void>;
  }) {
    this.#letGo = options.letGo;
    this.#link = options.link;
    this.#epoch = options.epoch;
    this.#clock = options.clock;
    this.#appendBytesMax = options.appendBytesMax ?? APPEND_BYTES_MAX;
    this.#water.rise(options.head === 0 ? null : positionOf(options.head));
    this.#link.onGone((error) => this.#water.fail(error));
    this.#appends = new Gatherer({
      send: (appends) => this.#link.ask('append', { appends, now: this.#clock() }),
      batchMax: BATCH_APPENDS_MAX,
      queueMax: WAITING_APPENDS_MAX,
    });
    this.#poll = options.readOnly ? setInterval(() => this.#look(), READ_ONLY_POLL_MS) : null;
    this.#poll?.unref();
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    this.#open();
    const texts = events.map(({ id, type, data, metadata }) => ({
      id,
      type,
      data: JSON.stringify(data),
      metadata: JSON.stringify(metadata),
    }));
    checkAppend(stream, texts, this.#appendBytesMax);
    const request = { stream, expected: expectedNumber(expected), events: texts };
    const answer = await this.#appends.push(request);
    if (answer.kind === 'deleted') throw new StreamDeleted(stream);
    if (answer.kind === 'conflict') {
      const actual = answer.current < 0 ? null : BigInt(answer.current);
      throw new WrongExpectedRevision(stream, expected, actual);
    }
    const position = positionOf(answer.position);
    this.#water.rise(position);
    return { revision: BigInt(answer.revision), position };
  }

  async *readStream(stream: string, options: ReadStreamOptions): AsyncGenerator<StoredEvent> {
    const backwards = options.direction === 'backwards';
    let left = options.maxCount ?? Number.POSITIVE_INFINITY;
    let from = Number(options.from ?? (backwards ? Number.MAX_SAFE_INTEGER : 0));
    // Each turn reads one page further; a short page is the last.
    while (left > 0) {
      this.#open();
      const count = Math.min(left, PAGE_EVENTS_MAX);
      const ask = { stream, backwards, from, count, now: this.#clock() };
      const rows = await this.#link.ask('readStream', ask);
      for (const row of rows) yield storedEvent(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < count) return;
      from = last[2] + (backwards ? -1 : 1);
      left -= rows.length;
    }
  }

  async *readAll(options: ReadAllOptions): AsyncGenerator<StoredEvent> {
    const backwards = options.direction === 'backwards';
    const { prefixes = [], after: bound } = options;
    let left = options.maxCount ?? Number.POSITIVE_INFINITY;
    const everything = backwards ? Number.MAX_SAFE_INTEGER : 0;
    let after = bound === undefined ? everything : ordinalOf(bound);
    while (left > 0) {
      this.#open();
      const count = Math.min(left, PAGE_EVENTS_MAX);
      const ask = { backwards, after, prefixes, types: [], count };
      const page = await this.#link.ask('readAll', ask);
      for (const row of page.rows) yield storedEvent(row);
      if (page.atEnd) return;
      after = page.readTo;
      left -= page.rows.length;
    }
  }

  subscribe(options: SubscribeOptions): AsyncIterable<Subscribed> {
    const page: Followable['page'] = (after, filter) => this.#page(after, filter);
    return subscribeTo({ page, water: this.#water }, options);
  }

  async #page(from: Position | null, filter: LogFilter): Promise<LogPage> {
    this.#open();
    const after = ordinalOf(from);
    const ask = { backwards: false, after, ...filter, count: PAGE_EVENTS_MAX };
    const { rows, readTo, atEnd } = await this.#link.ask('readAll', ask);
    const to = readTo === after ? from : positionOf(readTo);
    return { events: rows.map(storedEvent), readTo: to, atEnd };
  }

  async head(): Promise<Position | null> {
    this.#open();
    const head = await this.#link.ask('head', null);
    return head === 0 ? null : positionOf(head);
  }

  async epoch(): Promise<string> {
    this.#open();
    return this.#epoch;
  }

  async getStreamMetadata(stream: string): Promise<StreamMetadata> {
    this.#open();
    return this.#link.ask('getMetadata', stream);
  }

  async setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void> {
    this.#open();
    checkMetadata(metadata);
    await this.#link.ask('setMetadata', { stream, metadata });
  }

  async deleteStream(stream: string, deletion: StreamDeletion): Promise<void> {
    this.#open();
    await this.#link.ask('deleteStream', { stream, deletion });
  }

  /**
   * Checks every row from the first, in the background: appends and reads go on. Throws LogCorrupted
   * with the position of the first bad row; then nothing is written any more. `onChecked` is told
   * after each page how many rows of how many are good.
   */
  async verifyAll(onChecked?: (checked: number, rows: number) => void): Promise<void> {
    this.#open();
    const until = await this.#link.ask('head', null);
    let link: Link = CHAIN_START;
    // Each page moves on by at least one row or throws.
    while (link.position < until) {
      link = await this.#link.ask('verifyPage', { before: link, until });
      onChecked?.(link.position, until);
    }
  }

  /** What the worker has counted since the start. */
  async statistics(): Promise<Statistics> {
    this.#open();
    return this.#link.ask('statistics', null);
  }

  /** Finishes what was accepted, then lets go of the files, the keys and the thread. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    if (this.#poll !== null) clearInterval(this.#poll);
    await this.#appends.drained();
    this.#water.fail(new StoreUnavailable('the log has been closed'));
    await this.#letGo();
  }

  #look(): void {
    if (this.#water.waiters === 0) return;
    // A link that fails tells the waiters itself.
    this.#link.ask('head', null).then(
      (head) => this.#water.rise(head === 0 ? null : positionOf(head)),
      () => undefined,
    );
  }

  #open(): void {
    if (this.#closing !== null) throw new StoreUnavailable('the log has been closed');
  }
}
