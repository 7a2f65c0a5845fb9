import { randomUUID } from 'node:crypto';
import type { EventStore } from '#event-store';
import {
  DELETED_STREAM,
  METADATA_TYPE,
  NO_STREAM,
  ordinalAt,
  STREAM_DELETED_TYPE,
  toStored,
  type ProposedEvent,
  type RecordedEvent,
} from './event.js';
import { judge, type Expected, type Judgement } from './judgement.js';
import { RecentIds } from './recent-ids.js';
import { newestOf, type Standings } from './standings.js';
import {
  isMetastream,
  isSoftDeleted,
  metastreamOf,
  originalOf,
  recreatedFrom,
  retentionOf,
  softDeletion,
} from './stream-metadata.js';
import type { Tail } from './tail.js';

/** `revision` and `ordinal` of the last event. */
export type Written =
  | { readonly kind: 'written'; readonly revision: bigint; readonly ordinal: bigint }
  | { readonly kind: 'wrong'; readonly current: bigint }
  | { readonly kind: 'deleted' };

type Asked = {
  readonly stream: string;
  readonly expected: Expected;
  readonly ids: readonly string[];
};

const noData = new Uint8Array();
const nothing = (): void => undefined;

const systemEvent = (type: string, data: Uint8Array): ProposedEvent => ({
  id: randomUUID(),
  type,
  isJson: true,
  data,
  metadata: noData,
});

/** Decides in memory what is appended, in the order of arrival, and lets the log commit it. */
export class Writer {
  readonly #store: EventStore;
  readonly #standings: Standings;
  readonly #tail: Tail;
  readonly #clock: () => number;
  readonly #recent = new RecentIds();

  constructor(options: {
    readonly store: EventStore;
    readonly standings: Standings;
    readonly tail: Tail;
    readonly clock: () => number;
  }) {
    this.#store = options.store;
    this.#standings = options.standings;
    this.#tail = options.tail;
    this.#clock = options.clock;
  }

  /** Throws what the embedded log throws. */
  append(stream: string, expected: Expected, events: readonly ProposedEvent[]): Promise<Written> {
    const ids = events.map(({ id }) => id);
    return this.#decide({ stream, expected, ids }, async (judgement) => {
      if (judgement.kind === 'deleted') return { kind: 'deleted' };
      if (judgement.kind === 'wrong') return this.#wrong(stream);
      if (judgement.kind === 'repeat') return this.#repeated(stream, judgement.revision);
      if (events.length === 0) return this.#nothing(stream);
      return this.#append(stream, events);
    });
  }

  /** Hides what there is: the next append goes on at the next revision. */
  softDelete(stream: string, expected: Expected): Promise<Written> {
    const metastream = metastreamOf(stream);
    return this.#decide({ stream, expected, ids: [randomUUID()] }, async (judgement) => {
      if (judgement.kind === 'deleted') return { kind: 'deleted' };
      const { revision } = this.#standings.of(stream).ahead;
      const isNothing = revision < 0n && this.#standings.of(metastream).ahead.revision < 0n;
      if (judgement.kind !== 'append' || isNothing) return this.#wrong(stream);
      return this.#write(metastream, [systemEvent(METADATA_TYPE, softDeletion())]);
    });
  }

  /** Ends a stream for ever. */
  tombstone(stream: string, expected: Expected): Promise<Written> {
    return this.#decide({ stream, expected, ids: [randomUUID()] }, async (judgement) => {
      if (judgement.kind === 'deleted') return { kind: 'deleted' };
      if (judgement.kind !== 'append') return this.#wrong(stream);
      return this.#write(stream, [systemEvent(STREAM_DELETED_TYPE, noData)], true);
    });
  }

  /** Judges and acts at one instant: nothing comes between. */
  async #decide(asked: Asked, act: (judgement: Judgement) => Promise<Written>): Promise<Written> {
    const { stream, expected, ids } = asked;
    const needed = [stream, metastreamOf(stream)];
    if (isMetastream(stream)) needed.push(originalOf(stream));
    const number = expected === 'no-stream' ? NO_STREAM : expected;
    let there: readonly string[] | null = null;
    // Each turn reads what is missing; once nothing is, it is decided without another await.
    for (;;) {
      if (!this.#standings.knows(needed)) {
        await this.#standings.load(needed);
        continue;
      }
      const { ahead, settled } = this.#standings.of(stream);
      const isOlder = typeof number === 'bigint' && number < ahead.revision;
      if (!isOlder || there !== null) break;
      await settled;
      there = await this.#idsAfter(stream, number, ids.length);
    }
    return act(this.#judged(asked, there ?? []));
  }

  #judged({ stream, expected, ids }: Asked, there: readonly string[]): Judgement {
    const metadata = this.#standings.of(metastreamOf(stream)).ahead;
    const isOver = isMetastream(stream) && this.#isOver(originalOf(stream));
    return judge(expected, ids, {
      current: isOver ? DELETED_STREAM : this.#standings.of(stream).ahead.revision,
      isSoftDeleted: this.#isSoftDeleted(stream),
      hasMetadata: metadata.revision >= 0n,
      there,
      recent: (id) => this.#recent.revisionOf(id, stream),
    });
  }

  #isOver(stream: string): boolean {
    return this.#standings.of(stream).ahead.revision === DELETED_STREAM;
  }

  #isSoftDeleted(stream: string): boolean {
    const { metadata } = this.#standings.of(metastreamOf(stream)).ahead;
    return isSoftDeleted(retentionOf(stream, metadata));
  }

  async #idsAfter(stream: string, revision: bigint, count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    if (count === 0) return ids;
    const options = { direction: 'forwards', from: revision + 1n, maxCount: count } as const;
    for await (const { id } of this.#store.readStream(stream, options)) ids.push(id);
    return ids;
  }

  #wrong(stream: string): Written {
    return { kind: 'wrong', current: this.#standings.of(stream).ahead.revision };
  }

  #nothing(stream: string): Written {
    const { revision } = this.#standings.of(stream).ahead;
    return { kind: 'written', revision, ordinal: this.#tail.head };
  }

  /** Answers a repeat once what it repeats is durable. */
  async #repeated(stream: string, revision: bigint): Promise<Written> {
    await this.#standings.of(stream).settled;
    const options = { direction: 'forwards', from: revision, maxCount: 1 } as const;
    for await (const { position } of this.#store.readStream(stream, options))
      return { kind: 'written', revision, ordinal: ordinalAt(position) };
    throw new Error(`${stream} has lost revision ${revision}`);
  }

  /** An append to what was softly deleted brings it back, from that append on. */
  async #append(stream: string, events: readonly ProposedEvent[]): Promise<Written> {
    const name = isMetastream(stream) ? originalOf(stream) : stream;
    const metastream = metastreamOf(name);
    const wasDeleted = this.#isSoftDeleted(name);
    const from = this.#standings.of(name).ahead.revision + 1n;
    const written = this.#write(stream, events);
    const { metadata } = this.#standings.of(metastream).ahead;
    const restored = wasDeleted && metadata !== null ? recreatedFrom(metadata, from) : null;
    if (restored !== null) await this.#write(metastream, [systemEvent(METADATA_TYPE, restored)]);
    return written;
  }

  #write(stream: string, events: readonly ProposedEvent[], isTombstone = false): Promise<Written> {
    const standing = this.#standings.of(stream);
    const { written: before } = standing.ahead;
    const atMs = this.#clock();
    const recorded = events.map((event, index) => ({
      ...event,
      stream,
      revision: isTombstone ? DELETED_STREAM : before + 1n + BigInt(index),
      ordinal: 0n,
      createdAtMs: atMs,
    }));
    const last = recorded.at(-1);
    if (last === undefined) throw new Error('a write has events');
    for (const { id, revision } of recorded) this.#recent.put(id, { stream, revision });
    const newest = newestOf(last, before + BigInt(events.length));
    standing.ahead = newest;
    const stored = events.map((event) => toStored(event, { atMs, isTombstone }));
    const commit = async (): Promise<Written> => {
      try {
        const expected = before === NO_STREAM ? 'no-stream' : before;
        const { position } = await this.#store.append(stream, expected, stored);
        standing.durable = newest;
        return this.#told(recorded, ordinalAt(position));
      } catch (error) {
        this.#standings.forget(stream);
        for (const { id } of recorded) this.#recent.forget(id);
        throw error;
      }
    };
    const committed = commit();
    standing.settled = committed.then(nothing, nothing);
    return committed;
  }

  /** Those who are live are told, before the writer is. */
  #told(recorded: readonly RecordedEvent[], ordinal: bigint): Written {
    const first = ordinal - BigInt(recorded.length) + 1n;
    this.#tail.put(recorded.map((event, index) => ({ ...event, ordinal: first + BigInt(index) })));
    return { kind: 'written', revision: recorded.at(-1)?.revision ?? NO_STREAM, ordinal };
  }
}
