import type { Position } from '#kernel';
import type {
  DeadlinePage,
  Division,
  FinishedRequest,
  FollowerRequest,
  FollowerStore,
  ItemName,
  Lease,
  ParkedItem,
  ParkedOfEvent,
  RequestsFrom,
  StoredDeadline,
} from '../port.js';
import type { FollowersCalls } from './calls.js';
import { positionFrom } from './positions.js';

/** Whoever does the calls: SQLite's thread, or PostgreSQL's connections. */
export type FollowersDatabase = {
  readonly call: <Name extends keyof FollowersCalls>(
    call: Name,
    input: Parameters<FollowersCalls[Name]>[0],
  ) => Promise<ReturnType<FollowersCalls[Name]>>;
  readonly close: () => Promise<void>;
};

/** The port over a database of followers, whichever it is. */
export class StoredFollowers implements FollowerStore {
  constructor(private readonly database: FollowersDatabase) {}

  async checkpoint(part: string): Promise<Position | null> {
    const position = await this.database.call('checkpoint', { part });
    return position === null ? null : positionFrom(position);
  }

  saveCheckpoint(part: string, position: Position, epoch: number): Promise<void> {
    return this.database.call('saveCheckpoint', { part, position, epoch });
  }

  acquireLease(
    lease: string,
    owner: string,
    forMs: number,
    division?: Division,
  ): Promise<Lease | null> {
    const input = { lease, owner, forMs, division: division ?? null };
    return this.database.call('acquireLease', input);
  }

  releaseLease(lease: string, owner: string): Promise<void> {
    return this.database.call('releaseLease', { lease, owner });
  }

  handOverLease(lease: string, owner: string, to: string, forMs: number): Promise<void> {
    return this.database.call('handOverLease', { lease, owner, to, forMs });
  }

  park(item: ParkedItem): Promise<void> {
    return this.database.call('park', item);
  }

  blockedKeys(follower: string): Promise<readonly string[]> {
    return this.database.call('blockedKeys', { follower });
  }

  parked(options: {
    readonly follower?: string;
    readonly limit: number;
  }): Promise<readonly ParkedItem[]> {
    const { follower = null, limit } = options;
    return this.database.call('parked', { follower, limit });
  }

  unpark(follower: string, eventId: string, item: string): Promise<void> {
    return this.database.call('unpark', { follower, eventId, item });
  }

  parkedCount(follower: string): Promise<number> {
    return this.database.call('parkedCount', { follower });
  }

  parkedUnder(follower: string, key: string, limit: number): Promise<readonly ParkedItem[]> {
    return this.database.call('parkedUnder', { follower, key, limit });
  }

  parkedOf(follower: string, eventId: string): Promise<ParkedOfEvent> {
    return this.database.call('parkedOf', { follower, eventId });
  }

  skippedAfter(follower: string, position: Position | null): Promise<readonly ItemName[]> {
    return this.database.call('skippedAfter', { follower, position });
  }

  requests(
    follower: string,
    limit: number,
    { after, part }: RequestsFrom = fromTheFirst,
  ): Promise<readonly FollowerRequest[]> {
    return this.database.call('requests', { follower, limit, after, part });
  }

  askParts(request: Omit<FollowerRequest, 'id'>): Promise<number> {
    return this.database.call('askParts', request);
  }

  finish(finished: readonly FinishedRequest[]): Promise<void> {
    return this.database.call('finish', finished);
  }

  skip(request: FollowerRequest): Promise<void> {
    return this.database.call('skip', request);
  }

  deadlines(follower: string, page: DeadlinePage): Promise<readonly StoredDeadline[]> {
    return this.database.call('deadlines', { follower, ...page });
  }

  saveDeadlines(
    follower: string,
    changes: readonly { readonly key: string; readonly due: Omit<StoredDeadline, 'key'> | null }[],
    position: Position,
    epoch: number,
    part = follower,
  ): Promise<void> {
    const save = { follower, changes, position, epoch, part };
    return this.database.call('saveDeadlines', save);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

const fromTheFirst: RequestsFrom = { after: 0, part: null };
