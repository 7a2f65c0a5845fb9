import type { Recorded } from '#kernel';
import { StoreUnavailable } from '#event-store';
import {
  hasKey,
  type FinishedRequest,
  type FollowerRequest,
  type ItemName,
  type ParkedItem,
  type Part,
} from '#view-store';
import { eventAt } from './event-at.js';
import { insist } from './insist.js';
import { messageOf, type Again, type Item } from './item-handling.js';
import { isOurs, type ItemsOf } from './items.js';
import { OtherParts } from './other-parts.js';
import type { FollowerTools, Term } from './tools.js';
import type { Settled, Workshop } from './workshop.js';

/** How a follower understands an event again. */
export type Meaning = {
  /** Everything that the event asks for, by name. */
  readonly itemsOf: ItemsOf;
  /** What is to be done for an item that the event no longer names: whatever it asks for now. */
  readonly afresh: (recorded: Recorded) => Promise<readonly Item[]>;
};

/** Pages of requests that are looked through at once for those of this part. */
const PAGES_MAX = 20;

type Counts = Pick<FinishedRequest, 'items' | 'parked'>;
const nothing: Counts = { items: 0, parked: 0 };

/**
 * Takes up what operators ask of a follower, in the lanes of its keys, so that nothing overtakes
 * anything. A request is forgotten only when it is done: after a crash it is done again, with the
 * same command ids.
 */
export class Requests {
  /** Taken up and not finished. */
  readonly #taken = new Set<number>();
  private readonly others: OtherParts;
  #finished: FinishedRequest[] = [];
  #saving: Promise<void> | null = null;

  constructor(
    private readonly meaning: Meaning,
    private readonly workshop: Workshop,
    private readonly term: Term,
    private readonly tools: FollowerTools,
  ) {
    this.others = new OtherParts(term, tools);
  }

  /** Looks for requests until the term ends. */
  async follow(): Promise<void> {
    const { timer, limits, notify } = this.tools;
    const { ending, follower } = this.term;
    while (!ending.aborted) {
      try {
        await this.#takeUp();
      } catch (error) {
        if (!ending.aborted) notify({ kind: 'store-failed', follower, error });
      }
      await timer.sleep(limits.requestsMs, ending).catch(() => {});
    }
  }

  /** Resolves once what has been finished is stored, or cannot be. */
  async close(): Promise<void> {
    await this.#saving;
  }

  /** Page by page, as what is asked of other parts stands between what is asked of this one. */
  async #takeUp(): Promise<void> {
    const { store, limits } = this.tools;
    const { follower, part, ending } = this.term;
    let taken = 0;
    for (
      let pages = 1, after = 0;
      pages <= PAGES_MAX && taken < limits.requestsAtOnce;
      pages += 1
    ) {
      const page = await store.requests(follower, limits.requestsAtOnce, { after, part });
      for (const request of page) {
        if (ending.aborted) return;
        after = request.id;
        if (this.#taken.has(request.id) || !isFor(part, request)) continue;
        taken += 1;
        await this.#take(request);
      }
      if (page.length < limits.requestsAtOnce) return;
    }
  }

  async #take(request: FollowerRequest): Promise<void> {
    this.#taken.add(request.id);
    try {
      await this.#begin(request);
    } catch (error) {
      this.#taken.delete(request.id);
      throw error;
    }
  }

  async #begin(request: FollowerRequest): Promise<void> {
    const { store } = this.tools;
    const { kind, key } = request;
    if (kind === 'replay') return this.#again(request, null);
    if (kind === 'afresh') return this.#afreshHere(request);
    if (kind === 'skip') return this.#inLane(request, () => this.#skip(request));
    if (kind === 'retry-key') return this.#inLane(request, () => this.#retryKey(request, key));
    const { parked } = await store.parkedOf(request.follower, request.eventId);
    const item = parked.find((found) => found.item === request.item);
    if (!item) return this.#finish(request, nothing);
    return this.#again(request, item);
  }

  /** `work` says what came of the request; null leaves it asked. */
  #inLane(request: FollowerRequest, work: () => Promise<Counts | null>): void {
    this.workshop.ask(request.key, async () => {
      let counts: Counts | null = null;
      try {
        counts = await work();
      } finally {
        if (counts) this.#finish(request, counts);
        else this.#taken.delete(request.id);
      }
    });
  }

  async #skip(request: FollowerRequest): Promise<Counts> {
    await this.#insist(() => this.tools.store.skip(request));
    return nothing;
  }

  /** Each turn frees the key of what its first event has parked, or ends. */
  async #retryKey({ follower }: FollowerRequest, key: string): Promise<Counts | null> {
    const { store, limits } = this.tools;
    const counts = { items: 0, parked: 0 };
    while (!this.term.ending.aborted) {
      const rows = await this.#insist(() => store.parkedUnder(follower, key, limits.parkedAtOnce));
      const [first] = rows;
      if (first === undefined) {
        this.workshop.unblock(key);
        return counts;
      }
      const ofEvent = rows.filter(({ eventId }) => eventId === first.eventId);
      const isFree = await this.#retryEvent(ofEvent, first, counts);
      if (isFree === null) return null;
      if (!isFree) return counts;
    }
    return null;
  }

  /** Whether the key may go on; null when the term ended first. */
  async #retryEvent(
    rows: readonly ParkedItem[],
    first: ParkedItem,
    counts: { items: number; parked: number },
  ): Promise<boolean | null> {
    const read = await this.#read(first);
    const items = read.event ? this.meaning.itemsOf(read.event) : [gone(first, read.reason)];
    const named = items.flatMap((item) => {
      const row = rows.find((parked) => parked.item === item.item);
      return row ? [{ ...item, key: row.key, again: row }] : [];
    });
    for (const item of named) {
      const outcome = await this.workshop.work(item, true);
      if (outcome.kind !== 'done' && outcome.kind !== 'parked') return null;
      counts.items += 1;
      if (outcome.kind === 'done') await this.#unpark(first.eventId, item.item);
      else counts.parked += 1;
      if (outcome.kind === 'parked' && outcome.blocking) return false;
    }
    const replaced = rows.filter((row) => !items.some(({ item }) => item === row.item));
    if (read.event === null || replaced.length === 0) return true;
    if (!this.others.areAsked(first))
      for (const item of await this.#afresh(read.event)) {
        const outcome = await this.workshop.work({ ...item, again: firstTime }, false);
        if (outcome.kind !== 'done' && outcome.kind !== 'parked') return null;
        counts.items += 1;
        if (outcome.kind === 'parked') counts.parked += 1;
      }
    if (!(await this.others.haveDone(first))) return null;
    for (const { eventId, item } of replaced) await this.#unpark(eventId, item);
    return true;
  }

  /** An item that nothing waits for, or (null) all that an event asks for, in their own lanes. */
  async #again(request: FollowerRequest, parked: ParkedItem | null): Promise<void> {
    const { eventId, stream, position } = request;
    const read = await this.#read({ stream, position });
    if (read.event === null) {
      const items = parked ? [gone(parked, read.reason)] : [];
      return this.#addAll(request, items, []);
    }
    const kept = await this.tools.store.parkedOf(request.follower, eventId);
    const items = this.meaning.itemsOf(read.event);
    const isNamed = ({ item }: ItemName): boolean => items.some((other) => other.item === item);
    if (parked && !isNamed(parked)) return this.#replaced(request, read.event, parked);
    const wanted = items.filter((item) =>
      parked ? item.item === parked.item : hasKey(this.term.part, item.key),
    );
    const rows = new Map(kept.parked.map((row) => [row.item, row]));
    const again = wanted
      .filter(({ item }) => !kept.skipped.includes(item) && !rows.get(item)?.blocking)
      .map((item) => this.#ifWanted(item, rows.get(item.item)));
    const replaced = kept.parked.filter(
      (row) => !parked && !row.blocking && !isNamed(row) && hasKey(this.term.part, row.key),
    );
    return this.#addAll(request, again, replaced);
  }

  /** A parked item that its event names no longer, for which all it names now is worked instead. */
  async #replaced(request: FollowerRequest, event: Recorded, parked: ParkedItem): Promise<void> {
    if (!(await this.others.haveDone(parked))) this.#taken.delete(request.id);
    else await this.#addAll(request, await this.#afresh(event), [parked]);
  }

  /** In its lane it may come behind others that ask for it as well, or to skip it. */
  #ifWanted(item: Item, row: ParkedItem | undefined): Item {
    const again = { attempts: row?.attempts ?? 0, blocking: false };
    if (item.kind === 'park') return { ...item, again };
    const act = async (signal: AbortSignal): Promise<void> => {
      const kept = await this.tools.store.parkedOf(this.term.follower, item.cause.id);
      const isParked = kept.parked.some((parked) => parked.item === item.item);
      const isWanted = row ? isParked : !kept.skipped.includes(item.item);
      if (isWanted) await item.act(signal);
      if (isParked) await this.#unpark(item.cause.id, item.item);
    };
    return { ...item, act, again };
  }

  /** Once all are settled, `replaced` is forgotten, and the request is done. */
  async #addAll(
    request: FollowerRequest,
    items: readonly Item[],
    replaced: readonly ParkedItem[],
  ): Promise<void> {
    const settled: Promise<Settled>[] = [];
    for (const item of items) {
      await this.workshop.room();
      if (this.term.ending.aborted) return;
      settled.push(new Promise((resolve) => this.workshop.add(item, resolve)));
    }
    void this.#settle(request, settled, replaced);
  }

  async #settle(
    request: FollowerRequest,
    settling: readonly Promise<Settled>[],
    replaced: readonly ParkedItem[],
  ): Promise<void> {
    const settled = await Promise.all(settling);
    try {
      for (const { eventId, item } of replaced) await this.#unpark(eventId, item);
      const parked = settled.filter(({ kind }) => kind === 'parked').length;
      this.#finish(request, { items: settled.length, parked });
    } catch {
      // The term is over: what is asked is done again in the next one.
      this.#taken.delete(request.id);
    }
  }

  /** Whatever the event asks of this part that is neither parked by itself nor skipped. */
  async #afresh(event: Recorded): Promise<readonly Item[]> {
    const kept = await this.tools.store.parkedOf(this.term.follower, event.id);
    const known = new Set([...kept.skipped, ...kept.parked.map(({ item }) => item)]);
    const items = await this.meaning.afresh(event);
    return items.filter((item) => !known.has(item.item) && isOurs(this.term.part, item));
  }

  /** What another part has asked of all: it has done its own share itself. */
  async #afreshHere(request: FollowerRequest): Promise<void> {
    if (hasKey(this.term.part, request.key)) return this.#finish(request, nothing);
    const { event } = await this.#read(request);
    const items = event === null ? [] : await this.#afresh(event);
    return this.#addAll(
      request,
      items.map((item) => ({ ...item, again: firstTime })),
      [],
    );
  }

  /** Throws when the log is away: then it is tried again later. */
  async #read({ stream, position }: Pick<ParkedItem, 'stream' | 'position'>): Promise<Read> {
    try {
      const event = await eventAt(this.tools.log, stream, position);
      return event ? { event } : { event, reason: 'its event is no longer kept' };
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      return { event: null, reason: messageOf(error) };
    }
  }

  #unpark(eventId: string, item: string): Promise<void> {
    return this.#insist(() => this.tools.store.unpark(this.term.follower, eventId, item));
  }

  #insist<T>(ask: () => Promise<T>): Promise<T> {
    return insist(ask, this.term, this.tools);
  }

  /** Stored in groups: what is finished while the store is at work waits for the next one. */
  #finish(request: FollowerRequest, counts: Counts): void {
    const share = isForAll(request) ? { part: this.term.part } : {};
    this.#finished.push({ id: request.id, ...counts, ...share });
    this.#saving ??= this.#save();
  }

  async #save(): Promise<void> {
    while (this.#finished.length > 0) {
      const finished = this.#finished;
      this.#finished = [];
      // Once the term is over they stay asked, and are done again in the next one.
      await this.#insist(() => this.tools.store.finish(finished)).catch(() => {});
      for (const { id } of finished) this.#taken.delete(id);
    }
    this.#saving = null;
  }
}

const isForAll = ({ kind }: FollowerRequest): boolean => kind === 'replay' || kind === 'afresh';

const isFor = (part: Part, request: FollowerRequest): boolean =>
  isForAll(request) || hasKey(part, request.key);

type Read = { readonly event: Recorded } | { readonly event: null; readonly reason: string };

const firstTime: Again = { attempts: 0, blocking: true };

/** Stays parked, and says why. */
const gone = (parked: ParkedItem, reason: string): Item => {
  const { key, item, eventId, position, stream, type, blocking } = parked;
  const cause = { id: eventId, position, stream, type };
  return { kind: 'park', key, item, cause, reason, blocking, again: parked };
};
