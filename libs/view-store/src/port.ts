import type { Cell, OrganisationId, Position, Projection, Recorded, ViewRow } from '#kernel';
import type { Part } from './part.js';

/**
 * The read model: every view of every lib in one database, one checkpoint for all of them, so that
 * whoever reads sees one moment of the log. SQL is the common part of SQLite and PostgreSQL, with
 * `?` as placeholder.
 */
export interface ViewStore {
  /**
   * Rows of one read-only statement, which sees what belongs to `organisation` and should say so
   * itself: where the database keeps tenants apart, it sees no other row. Throws ViewQueryFailed
   * with the statement's name only, also when rows of another organisation would be given.
   */
  query<Row extends ViewRow>(
    organisation: OrganisationId,
    sql: string,
    parameters: readonly Cell[],
  ): Promise<readonly Row[]>;

  /** The rows of everybody: for comparing and reporting, never for what a client asks. */
  readonly all: ReadableViews;

  /** Up to where the views have been projected; null before the first event. */
  position(): Position | null;

  /** Resolves true once `position()` is at or after `position`, false after `timeoutMs`. */
  reached(position: Position, timeoutMs: number): Promise<boolean>;

  /** Rows of the tables that `projections` write, by table and key. */
  rows(table: string, keys: readonly string[]): Promise<ReadonlyMap<string, ViewRow>>;

  /**
   * Writes rows (undefined deletes) and the checkpoint in one transaction, or nothing. Throws
   * CheckpointMoved when the views no longer stand at `after`: somebody else has projected.
   */
  commit(batch: ViewBatch): Promise<void>;

  close(): Promise<void>;
}

/** Views that can be asked for everybody's rows. */
export type ReadableViews = {
  query<Row extends ViewRow>(sql: string, parameters: readonly Cell[]): Promise<readonly Row[]>;
};

export type ViewBatch = {
  /** Where the views stood when the rows were read that this batch was folded from. */
  readonly after: Position | null;
  readonly position: Position;
  readonly changes: readonly {
    readonly table: string;
    readonly key: string;
    readonly row: ViewRow | undefined;
  }[];
};

/** What the read model is made of; a change of its fingerprint means a rebuild at start. */
export type ReadModel = { readonly projections: readonly AnyProjection[] };

/**
 * A projection of whatever events. Methods, which unlike function properties a projection of some
 * events may fill: it is shown none but those of the types that it names.
 */
export type AnyProjection = Omit<Projection, 'keys' | 'project'> & {
  keys(recorded: Recorded): readonly string[];
  project(row: ViewRow | undefined, recorded: Recorded, key: string): ViewRow | undefined;
};

/**
 * What followers other than projections must remember; survives every rebuild of the views. Several
 * processes may call at once. Leases and checkpoints are named after a part of a follower, which is
 * the follower's own name while it is undivided (`partName`); everything else after the follower.
 */
export interface FollowerStore {
  checkpoint(part: string): Promise<Position | null>;
  /** Throws LeaseLost when `epoch` is no longer the part's. */
  saveCheckpoint(part: string, position: Position, epoch: number): Promise<void>;

  /**
   * Takes or prolongs a lease for `forMs` of the store's own time; null while another owner holds it,
   * who then learns that `owner` waits. With a division it is a part of a follower's: whoever comes
   * first divides the follower anew, from the oldest of its checkpoints on, once nobody holds a lease
   * of its former parts; until then this throws DividedOtherwise.
   */
  acquireLease(
    lease: string,
    owner: string,
    forMs: number,
    division?: Division,
  ): Promise<Lease | null>;
  /** Lets a lease go, and waits for it no longer. */
  releaseLease(lease: string, owner: string): Promise<void>;
  /** Gives a lease that `owner` holds to `to`, for `forMs`, in a new epoch. */
  handOverLease(lease: string, owner: string, to: string, forMs: number): Promise<void>;

  /**
   * Keeps an item, unless it has been skipped. Parked again, it keeps since when; and one that was not
   * tried (`attempts` 0) changes nothing of what is known of it.
   */
  park(item: ParkedItem): Promise<void>;
  /** Keys of a follower that have a parked item which blocks those behind it. */
  blockedKeys(follower: string): Promise<readonly string[]>;
  parked(options: {
    readonly follower?: string;
    readonly limit: number;
  }): Promise<readonly ParkedItem[]>;
  /** How many items of a follower are parked, those behind others included. */
  parkedCount(follower: string): Promise<number>;
  /** Forgets a parked item: retried with success, or skipped. */
  unpark(follower: string, eventId: string, item: string): Promise<void>;
  /** The items of a key that block it, in the order of the log, at most `limit`. */
  parkedUnder(follower: string, key: string, limit: number): Promise<readonly ParkedItem[]>;
  /** What is parked of one event, and the names of its items that have been skipped. */
  parkedOf(follower: string, eventId: string): Promise<ParkedOfEvent>;
  /** Items that have been skipped of events after a position: after a crash they are met again. */
  skippedAfter(follower: string, position: Position | null): Promise<readonly ItemName[]>;

  /** What has been asked of a follower and is not finished, the oldest first. */
  requests(
    follower: string,
    limit: number,
    from?: RequestsFrom,
  ): Promise<readonly FollowerRequest[]>;
  /** Asks all parts of a follower for something; the id of the same request if it stands already. */
  askParts(request: Omit<FollowerRequest, 'id'>): Promise<number>;
  /**
   * Forgets requests, and counts what came of those that belong to a replay: all or none. What one of
   * several parts has finished is forgotten, and counted, when all of them have.
   */
  finish(finished: readonly FinishedRequest[]): Promise<void>;
  /**
   * Does what a request to skip asks for, and finishes it: the item is moved to those that are never
   * worked again, and if it stood first, the rest of its key is asked for. Once, however often.
   */
  skip(request: FollowerRequest): Promise<void>;

  /** A follower's deadlines from a place on, the next due first. */
  deadlines(follower: string, page: DeadlinePage): Promise<readonly StoredDeadline[]>;
  /** Sets or clears (`due` null) deadlines together with the checkpoint, which is its part's. */
  saveDeadlines(
    follower: string,
    changes: readonly { readonly key: string; readonly due: Omit<StoredDeadline, 'key'> | null }[],
    position: Position,
    epoch: number,
    part?: string,
  ): Promise<void>;

  close(): Promise<void>;
}

export type Lease = {
  /** Grows with each owner: what is saved in an epoch that is over is refused. */
  readonly epoch: number;
  /** Who else has asked for it within the last half of a lease's life, and was refused. */
  readonly waiting: readonly string[];
};

/** Into how many parts a follower is divided by its keys. */
export type Division = { readonly follower: string; readonly parts: number };

/** `after`: the id of a request, exclusive. `part`: without those that it has finished. */
export type RequestsFrom = { readonly after: number; readonly part: Part | null };

export type ParkedItem = {
  readonly follower: string;
  readonly eventId: string;
  readonly item: string;
  readonly key: string;
  readonly position: Position;
  readonly stream: string;
  readonly type: string;
  readonly reason: string;
  /** False when the item itself could not be read: nothing waits behind it. */
  readonly blocking: boolean;
  readonly attempts: number;
  readonly parkedAtMs: number;
};

export type ItemName = Pick<ParkedItem, 'eventId' | 'item'>;

export type ParkedOfEvent = {
  readonly parked: readonly ParkedItem[];
  readonly skipped: readonly string[];
};

/** An item that is never worked again, and who wanted that, by the wall's time. */
export type SkippedItem = ParkedItem & {
  readonly skippedBy: string;
  readonly skippedAtMs: number;
};

/**
 * What an operator asks of a follower: a key from its first parked item on (`eventId` and `item` are
 * empty), an item that is in nobody's way, that an item be skipped, or a whole event again, whether
 * anything of it is parked or not. `afresh`: a part has asked the others for what an event means to them
 * that could not be read before.
 */
export type FollowerRequest = {
  readonly id: number;
  readonly follower: string;
  readonly kind: 'retry-key' | 'retry-item' | 'skip' | 'replay' | 'afresh';
  readonly key: string;
  readonly eventId: string;
  readonly item: string;
  /** Where the event stands; means nothing for a key. */
  readonly stream: string;
  readonly position: Position;
  readonly askedBy: string;
  readonly askedAtMs: number;
};

/** `items` were worked on its account, of which `parked` have been parked, perhaps again. */
export type FinishedRequest = {
  readonly id: number;
  readonly items: number;
  readonly parked: number;
  /** The part that has done its share, of a request that all parts work. */
  readonly part?: Part;
};

/** `command` is JSON: what is to be asked once the domain clock reaches `dueAtMs`. */
export type StoredDeadline = {
  readonly key: string;
  readonly dueAtMs: number;
  readonly causeId: string;
  readonly command: string;
};

/** Where a deadline stands among a follower's: by when it is due, then by its key. */
export type DeadlinePlace = Pick<StoredDeadline, 'dueAtMs' | 'key'>;

/** `after`: exclusive; null from the start. */
export type DeadlinePage = { readonly after: DeadlinePlace | null; readonly limit: number };

/** Another process, whose leases are not over, divides the follower into another number of parts. */
export class DividedOtherwise extends Error {
  override readonly name = 'DividedOtherwise';
}

export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

/** The store is closed, out of reach or overrun: nothing is known of what was under way. */
export class ViewStoreUnavailable extends Error {
  override readonly name = 'ViewStoreUnavailable';
}

export class ViewQueryFailed extends Error {
  override readonly name = 'ViewQueryFailed';
}
