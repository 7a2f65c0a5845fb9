import type { Cell, Position, Projection, Recorded, ViewRow } from '#kernel';

/**
 * The read model: every view of every lib in one database, one checkpoint for all of them, so that
 * whoever reads sees one moment of the log. SQL is the common part of SQLite and PostgreSQL, with
 * `?` as placeholder.
 */
export interface ViewStore {
  /** Rows of one read-only statement. Throws ViewQueryFailed with the statement's name only. */
  query<Row extends ViewRow>(sql: string, parameters: readonly Cell[]): Promise<readonly Row[]>;

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

/** Views that can be asked: what comparing and reporting need of a ViewStore. */
export type ReadableViews = Pick<ViewStore, 'query'>;

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

/** What followers other than projections must remember; survives every rebuild of the views. */
export interface FollowerStore {
  checkpoint(follower: string): Promise<Position | null>;
  /** Throws LeaseLost when `epoch` is no longer the follower's. */
  saveCheckpoint(follower: string, position: Position, epoch: number): Promise<void>;

  /** Takes or prolongs the lease for `forMs` of wall time; null while another owner holds it. */
  acquireLease(follower: string, owner: string, forMs: number): Promise<{ epoch: number } | null>;
  releaseLease(follower: string, owner: string): Promise<void>;

  park(item: ParkedItem): Promise<void>;
  /** Keys of a follower that have a parked item which blocks those behind it. */
  blockedKeys(follower: string): Promise<readonly string[]>;
  parked(options: {
    readonly follower?: string;
    readonly limit: number;
  }): Promise<readonly ParkedItem[]>;
  /** Forgets a parked item: retried with success, or skipped. */
  unpark(follower: string, eventId: string, item: string): Promise<void>;

  deadlines(follower: string): Promise<readonly StoredDeadline[]>;
  /** Sets or clears (`due` null) deadlines together with the checkpoint. */
  saveDeadlines(
    follower: string,
    changes: readonly { readonly key: string; readonly due: Omit<StoredDeadline, 'key'> | null }[],
    position: Position,
    epoch: number,
  ): Promise<void>;

  close(): Promise<void>;
}

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

/** `command` is JSON: what is to be asked once the domain clock reaches `dueAtMs`. */
export type StoredDeadline = {
  readonly key: string;
  readonly dueAtMs: number;
  readonly causeId: string;
  readonly command: string;
};

export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

/** The store has been closed, or its thread has died: nothing is known of what was under way. */
export class ViewStoreUnavailable extends Error {
  override readonly name = 'ViewStoreUnavailable';
}

export class ViewQueryFailed extends Error {
  override readonly name = 'ViewQueryFailed';
}
