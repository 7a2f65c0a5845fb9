import type { Position } from '#kernel';
import type {
  DeadlinePage,
  FinishedRequest,
  FollowerRequest,
  FollowerStore,
  ItemName,
  ParkedItem,
  ParkedOfEvent,
  StoredDeadline,
} from '../port.js';
import type { FollowersFileCalls } from './calls.js';
import { Thread } from './thread.js';
import { positionFrom } from '../database/row-codec.js';

/** followers.db behind its own thread, because each of its calls waits for the disk. */
export class EmbeddedFollowerStore implements FollowerStore {
  private constructor(private readonly thread: Thread<FollowersFileCalls>) {}

  static async open(file: string): Promise<EmbeddedFollowerStore> {
    const thread = new Thread<FollowersFileCalls>('followers');
    try {
      await thread.call('open', { file });
    } catch (error) {
      await thread.close();
      throw error;
    }
    return new EmbeddedFollowerStore(thread);
  }

  async checkpoint(follower: string): Promise<Position | null> {
    const position = await this.thread.call('checkpoint', { follower });
    return position === null ? null : positionFrom(position);
  }

  saveCheckpoint(follower: string, position: Position, epoch: number): Promise<void> {
    return this.thread.call('saveCheckpoint', { follower, position, epoch });
  }

  acquireLease(
    follower: string,
    owner: string,
    forMs: number,
  ): Promise<{ readonly epoch: number } | null> {
    return this.thread.call('acquireLease', { follower, owner, forMs });
  }

  releaseLease(follower: string, owner: string): Promise<void> {
    return this.thread.call('releaseLease', { follower, owner });
  }

  park(item: ParkedItem): Promise<void> {
    return this.thread.call('park', item);
  }

  blockedKeys(follower: string): Promise<readonly string[]> {
    return this.thread.call('blockedKeys', { follower });
  }

  parked(options: {
    readonly follower?: string;
    readonly limit: number;
  }): Promise<readonly ParkedItem[]> {
    const { follower = null, limit } = options;
    return this.thread.call('parked', { follower, limit });
  }

  unpark(follower: string, eventId: string, item: string): Promise<void> {
    return this.thread.call('unpark', { follower, eventId, item });
  }

  parkedCount(follower: string): Promise<number> {
    return this.thread.call('parkedCount', { follower });
  }

  parkedUnder(follower: string, key: string, limit: number): Promise<readonly ParkedItem[]> {
    return this.thread.call('parkedUnder', { follower, key, limit });
  }

  parkedOf(follower: string, eventId: string): Promise<ParkedOfEvent> {
    return this.thread.call('parkedOf', { follower, eventId });
  }

  skippedAfter(follower: string, position: Position | null): Promise<readonly ItemName[]> {
    return this.thread.call('skippedAfter', { follower, position });
  }

  requests(follower: string, limit: number): Promise<readonly FollowerRequest[]> {
    return this.thread.call('requests', { follower, limit });
  }

  finish(finished: readonly FinishedRequest[]): Promise<void> {
    return this.thread.call('finish', finished);
  }

  skip(request: FollowerRequest): Promise<void> {
    return this.thread.call('skip', request);
  }

  deadlines(follower: string, page: DeadlinePage): Promise<readonly StoredDeadline[]> {
    return this.thread.call('deadlines', { follower, ...page });
  }

  saveDeadlines(
    follower: string,
    changes: readonly { readonly key: string; readonly due: Omit<StoredDeadline, 'key'> | null }[],
    position: Position,
    epoch: number,
  ): Promise<void> {
    return this.thread.call('saveDeadlines', { follower, changes, position, epoch });
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}
