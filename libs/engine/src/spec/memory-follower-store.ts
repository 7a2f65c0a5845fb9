import { comparePositions, type Position } from '#kernel';
import {
  DividedOtherwise,
  LeaseLost,
  partNames,
  type DeadlinePage,
  type DeadlinePlace,
  type Division,
  type FinishedRequest,
  type FollowerRequest,
  type FollowerStore,
  type ItemName,
  type Lease,
  type ParkedItem,
  type ParkedOfEvent,
  type Part,
  type RequestsFrom,
  type SkippedItem,
  type StoredDeadline,
} from '#view-store';

type Remembered = {
  position: Position | null;
  epoch: number;
  owner: string | null;
  expiresAtMs: number;
  readonly deadlines: Map<string, StoredDeadline>;
  /** Until when who waits for the lease. */
  readonly waiting: Map<string, number>;
};

/** What followers remember, in memory: every promise of the port but durability. */
export class MemoryFollowerStore implements FollowerStore {
  readonly #followers = new Map<string, Remembered>();
  readonly #parked = new Map<string, ParkedItem>();
  readonly #skipped = new Map<string, SkippedItem>();
  readonly #parts = new Map<string, number>();
  readonly #finishedParts = new Map<string, FinishedRequest>();
  #requests: readonly FollowerRequest[] = [];
  #lastRequest = 0;

  /** `wallMs` tells the wall time by which leases expire. */
  constructor(private readonly wallMs: () => number) {}

  async checkpoint(follower: string): Promise<Position | null> {
    return this.#of(follower).position;
  }

  async saveCheckpoint(follower: string, position: Position, epoch: number): Promise<void> {
    const remembered = this.#of(follower);
    if (remembered.epoch !== epoch)
      throw new LeaseLost(`${follower} is led in epoch ${remembered.epoch}, not ${epoch}`);
    remembered.position = position;
  }

  async acquireLease(
    lease: string,
    owner: string,
    forMs: number,
    division?: Division,
  ): Promise<Lease | null> {
    if (division) this.#divide(division);
    const remembered = this.#of(lease);
    const nowMs = this.wallMs();
    const isFree = remembered.owner === null || remembered.expiresAtMs <= nowMs;
    if (!isFree && remembered.owner !== owner) {
      remembered.waiting.set(owner, nowMs + forMs / 2);
      return null;
    }
    if (remembered.owner !== owner) remembered.epoch += 1;
    remembered.owner = owner;
    remembered.expiresAtMs = nowMs + forMs;
    remembered.waiting.delete(owner);
    const waiting = [...remembered.waiting].filter(([, untilMs]) => untilMs > nowMs);
    return { epoch: remembered.epoch, waiting: waiting.map(([name]) => name) };
  }

  #divide({ follower, parts }: Division): void {
    const before = this.#parts.get(follower) ?? 1;
    if (before === parts) return;
    const names = partNames(follower, before);
    const former = names.map((name) => this.#of(name));
    if (former.some(({ owner, expiresAtMs }) => owner !== null && expiresAtMs > this.wallMs()))
      throw new DividedOtherwise(`${follower} is led in ${before} parts`);
    const begun = former.flatMap(({ position }) => (position === null ? [] : [position]));
    const first = begun.toSorted(comparePositions)[0] ?? null;
    const oldest = begun.length < former.length ? null : first;
    const epoch = Math.max(...former.map((part) => part.epoch)) + 1;
    for (const part of former) Object.assign(part, { position: null, epoch, owner: null });
    for (const name of partNames(follower, parts))
      Object.assign(this.#of(name), { position: oldest, epoch, owner: null });
    this.#parts.set(follower, parts);
  }

  async releaseLease(lease: string, owner: string): Promise<void> {
    const remembered = this.#of(lease);
    remembered.waiting.delete(owner);
    if (remembered.owner !== owner) return;
    remembered.owner = null;
    remembered.epoch += 1;
  }

  async handOverLease(lease: string, owner: string, to: string, forMs: number): Promise<void> {
    const remembered = this.#of(lease);
    if (remembered.owner !== owner) return;
    remembered.owner = to;
    remembered.epoch += 1;
    remembered.expiresAtMs = this.wallMs() + forMs;
  }

  async park(item: ParkedItem): Promise<void> {
    const place = placeOf(item.follower, item.eventId, item.item);
    const before = this.#parked.get(place);
    if (this.#skipped.has(place) || (before && item.attempts === 0)) return;
    this.#parked.set(place, { ...item, parkedAtMs: before?.parkedAtMs ?? item.parkedAtMs });
  }

  async blockedKeys(follower: string): Promise<readonly string[]> {
    const blocking = [...this.#parked.values()].filter(
      (item) => item.follower === follower && item.blocking,
    );
    return [...new Set(blocking.map(({ key }) => key))];
  }

  async parkedCount(follower: string): Promise<number> {
    return [...this.#parked.values()].filter((item) => item.follower === follower).length;
  }

  async parked(options: {
    readonly follower?: string;
    readonly limit: number;
  }): Promise<readonly ParkedItem[]> {
    return [...this.#parked.values()]
      .filter(({ follower }) => options.follower === undefined || follower === options.follower)
      .toSorted((a, b) => comparePositions(a.position, b.position))
      .slice(0, options.limit);
  }

  async unpark(follower: string, eventId: string, item: string): Promise<void> {
    this.#parked.delete(placeOf(follower, eventId, item));
  }

  async parkedUnder(follower: string, key: string, limit: number): Promise<readonly ParkedItem[]> {
    const all = await this.parked({ follower, limit: Infinity });
    return all.filter((item) => item.blocking && item.key === key).slice(0, limit);
  }

  async parkedOf(follower: string, eventId: string): Promise<ParkedOfEvent> {
    const ofEvent = (item: ParkedItem): boolean =>
      item.follower === follower && item.eventId === eventId;
    return {
      parked: [...this.#parked.values()].filter(ofEvent),
      skipped: [...this.#skipped.values()].filter(ofEvent).map(({ item }) => item),
    };
  }

  async skippedAfter(follower: string, position: Position | null): Promise<readonly ItemName[]> {
    const isAfter = (item: ParkedItem): boolean =>
      position === null || comparePositions(item.position, position) > 0;
    return [...this.#skipped.values()].filter(
      (item) => item.follower === follower && isAfter(item),
    );
  }

  /** What an operator does beside the process. */
  ask(asked: Omit<FollowerRequest, 'id' | 'askedBy' | 'askedAtMs'>): void {
    this.#lastRequest += 1;
    const request = { ...asked, id: this.#lastRequest, askedBy: 'operator', askedAtMs: 1 };
    this.#requests = [...this.#requests, request];
  }

  async askParts(asked: Omit<FollowerRequest, 'id'>): Promise<number> {
    const nameOf = ({ follower, kind, key, eventId, item }: typeof asked): string =>
      placeOf(follower, kind, key, eventId, item);
    const standing = this.#requests.find((request) => nameOf(request) === nameOf(asked));
    if (standing) return standing.id;
    this.ask(asked);
    return this.#lastRequest;
  }

  async requests(
    follower: string,
    limit: number,
    { after, part }: RequestsFrom = { after: 0, part: null },
  ): Promise<readonly FollowerRequest[]> {
    return this.#requests
      .filter((request) => request.follower === follower && request.id > after)
      .filter(({ id }) => part === null || !this.#finishedParts.has(placeOfPart(id, part)))
      .slice(0, limit);
  }

  /** What has come of requests, for specs of replays. */
  readonly tally = { done: 0, items: 0, parked: 0 };

  async finish(finished: readonly FinishedRequest[]): Promise<void> {
    for (const one of finished) {
      if (!this.#requests.some(({ id }) => id === one.id)) continue;
      const counts = this.#together(one);
      if (counts === null) continue;
      this.#requests = this.#requests.filter(({ id }) => id !== one.id);
      this.tally.done += 1;
      this.tally.items += counts.items;
      this.tally.parked += counts.parked;
    }
  }

  #together(one: FinishedRequest): Pick<FinishedRequest, 'items' | 'parked'> | null {
    const { id, part } = one;
    if (!part || part.of === 1) return one;
    const place = placeOfPart(id, part);
    if (!this.#finishedParts.has(place)) this.#finishedParts.set(place, one);
    const all = Array.from({ length: part.of }, (_, index) =>
      this.#finishedParts.get(placeOfPart(id, { index, of: part.of })),
    ).filter((each) => each !== undefined);
    if (all.length < part.of) return null;
    const sum = (count: (each: FinishedRequest) => number): number =>
      all.reduce((total, each) => total + count(each), 0);
    return { items: sum(({ items }) => items), parked: sum(({ parked }) => parked) };
  }

  async skip(request: FollowerRequest): Promise<void> {
    const { follower, key, eventId, item, askedBy, askedAtMs } = request;
    const place = placeOf(follower, eventId, item);
    const parked = this.#parked.get(place);
    const under = await this.parkedUnder(follower, key, Infinity);
    const first = under.find(({ attempts }) => attempts > 0) ?? under[0];
    if (parked) this.#skipped.set(place, { ...parked, skippedBy: askedBy, skippedAtMs: askedAtMs });
    this.#parked.delete(place);
    if (parked && first === parked)
      this.ask({ ...request, kind: 'retry-key', eventId: '', item: '' });
    await this.finish([{ id: request.id, items: 0, parked: 0 }]);
  }

  async deadlines(
    follower: string,
    { after, limit }: DeadlinePage,
  ): Promise<readonly StoredDeadline[]> {
    return [...this.#of(follower).deadlines.values()]
      .filter((each) => after === null || inOrder(after, each) < 0)
      .toSorted(inOrder)
      .slice(0, limit);
  }

  async saveDeadlines(
    follower: string,
    changes: readonly { readonly key: string; readonly due: Omit<StoredDeadline, 'key'> | null }[],
    position: Position,
    epoch: number,
    part = follower,
  ): Promise<void> {
    await this.saveCheckpoint(part, position, epoch);
    const { deadlines } = this.#of(follower);
    for (const { key, due } of changes)
      if (due) deadlines.set(key, { ...due, key });
      else deadlines.delete(key);
  }

  async close(): Promise<void> {}

  #of(follower: string): Remembered {
    const known = this.#followers.get(follower);
    if (known) return known;
    const [deadlines, waiting] = [new Map(), new Map()];
    const fresh = { position: null, epoch: 0, owner: null, expiresAtMs: 0, deadlines, waiting };
    this.#followers.set(follower, fresh);
    return fresh;
  }
}

const inOrder = (one: DeadlinePlace, other: DeadlinePlace): number =>
  one.dueAtMs - other.dueAtMs || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0);

const placeOfPart = (id: number, { index, of }: Part): string => placeOf(`${id}`, `${index}/${of}`);

const placeOf = (...names: readonly string[]): string => JSON.stringify(names);
