import { comparePositions, type Position } from '#kernel';
import { LeaseLost, type FollowerStore, type ParkedItem, type StoredDeadline } from '#view-store';

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
    this.#parked.set(placeOf(item.follower, item.eventId, item.item), item);
  }

  async blockedKeys(follower: string): Promise<readonly string[]> {
    const blocking = [...this.#parked.values()].filter(
      (item) => item.follower === follower && item.blocking,
    );
    return [...new Set(blocking.map(({ key }) => key))];
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

  async deadlines(follower: string): Promise<readonly StoredDeadline[]> {
    return [...this.#of(follower).deadlines.values()];
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

const placeOf = (...names: readonly string[]): string => JSON.stringify(names);
