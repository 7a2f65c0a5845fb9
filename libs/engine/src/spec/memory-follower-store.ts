import { comparePositions, type Position } from '#kernel';
import {
  LeaseLost,
  type DeadlinePage,
  type DeadlinePlace,
  type FinishedRequest,
  type FollowerRequest,
  type FollowerStore,
  type ItemName,
  type ParkedItem,
  type ParkedOfEvent,
  type SkippedItem,
  type StoredDeadline,
} from '#view-store';

type Remembered = {
  position: Position | null;
  epoch: number;
  owner: string | null;
  expiresAtMs: number;
  readonly deadlines: Map<string, StoredDeadline>;
};

/** What followers remember, in memory: every promise of the port but durability. */
export class MemoryFollowerStore implements FollowerStore {
  readonly #followers = new Map<string, Remembered>();
  readonly #parked = new Map<string, ParkedItem>();
  readonly #skipped = new Map<string, SkippedItem>();
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
    follower: string,
    owner: string,
    forMs: number,
  ): Promise<{ epoch: number } | null> {
    const remembered = this.#of(follower);
    const isFree = remembered.owner === null || remembered.expiresAtMs <= this.wallMs();
    if (!isFree && remembered.owner !== owner) return null;
    if (remembered.owner !== owner) remembered.epoch += 1;
    remembered.owner = owner;
    remembered.expiresAtMs = this.wallMs() + forMs;
    return { epoch: remembered.epoch };
  }

  async releaseLease(follower: string, owner: string): Promise<void> {
    const remembered = this.#of(follower);
    if (remembered.owner !== owner) return;
    remembered.owner = null;
    remembered.epoch += 1;
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

  async requests(follower: string, limit: number): Promise<readonly FollowerRequest[]> {
    return this.#requests.filter((request) => request.follower === follower).slice(0, limit);
  }

  async finish(finished: readonly FinishedRequest[]): Promise<void> {
    const ids = new Set(finished.map(({ id }) => id));
    this.#requests = this.#requests.filter(({ id }) => !ids.has(id));
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
  ): Promise<void> {
    await this.saveCheckpoint(follower, position, epoch);
    const { deadlines } = this.#of(follower);
    for (const { key, due } of changes)
      if (due) deadlines.set(key, { ...due, key });
      else deadlines.delete(key);
  }

  async close(): Promise<void> {}

  #of(follower: string): Remembered {
    const known = this.#followers.get(follower);
    if (known) return known;
    const fresh = { position: null, epoch: 0, owner: null, expiresAtMs: 0, deadlines: new Map() };
    this.#followers.set(follower, fresh);
    return fresh;
  }
}

const inOrder = (one: DeadlinePlace, other: DeadlinePlace): number =>
  one.dueAtMs - other.dueAtMs || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0);

const placeOf = (...names: readonly string[]): string => JSON.stringify(names);
