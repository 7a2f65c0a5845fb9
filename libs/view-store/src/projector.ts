import { setTimeout as pause } from 'node:timers/promises';
import { comparePositions, type Position, type Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { Fold, type ParkedRow } from './fold.js';
import { Gathering } from './gathering.js';
import type { ReadModel, ViewStore } from './port.js';

/** Events of one transaction: beyond this a batch saves little and delays what waits behind it. */
const batchEventsMax = 1_000;
/** Rows of each table that are kept in memory from batch to batch, so that they are not read again. */
const keptRowsMax = 2_000;
const reopenDelayMsMin = 50;
const reopenDelayMsMax = 5_000;

export type ProjectorOptions = {
  readonly log: EventLog;
  readonly views: ViewStore;
  readonly readModel: ReadModel;
  /** A row stands still because its projection could not fold an event into it. */
  readonly onParked: (parked: ParkedRow) => void;
  /** The log or the views failed; the projector goes on by itself from the last commit. */
  readonly onFault: (error: unknown) => void;
};

type Item =
  | { readonly kind: 'event'; readonly event: Recorded }
  | { readonly kind: 'caught-up'; readonly position: Position | null };

/**
 * Keeps all views of a read model up with the log: one subscription, one checkpoint, each event's
 * effect exactly once. Two projectors on one store do no harm, since a batch is refused when the
 * checkpoint is not where the batch began; it only wastes the work of one of them.
 */
export class Projector {
  private readonly fold: Fold;
  private readonly stopped = new AbortController();
  private running: Promise<void> | null = null;
  private isCaughtUp = false;
  private readonly waiting = new Set<(caughtUp: boolean) => void>();
  private reopenDelayMs = reopenDelayMsMin;
  /**
   * Where the fold stands. Not `views.position()`, which also moves when another process projects:
   * a batch must name the position that its own rows belong to, or it would be taken for a good one.
   */
  private at: Position | null;

  constructor(private readonly options: ProjectorOptions) {
    this.at = options.views.position();
    this.fold = new Fold({
      readModel: options.readModel,
      read: (table, keys) => options.views.rows(table, keys),
      onParked: options.onParked,
      startsEmpty: this.at === null,
    });
  }

  /** Begins to follow the log. Once in the life of a projector. */
  start(): void {
    if (this.running === null) this.running = this.run();
  }

  /** Resolves once the batch under way has been committed and the log is let go of. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
    this.tellCaughtUp(false);
  }

  /** True once the end of the log has been reached since the start; false when stopped before. */
  caughtUp(): Promise<boolean> {
    if (this.isCaughtUp) return Promise.resolve(true);
    if (this.stopped.signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    // Endless by nature: a follower that gave up would leave every view standing still.
    while (!signal.aborted) {
      try {
        await this.follow(signal);
      } catch (error) {
        this.fold.forget();
        if (!signal.aborted) this.options.onFault(error);
      }
      // Aborting ends the pause early, by a rejection that says nothing new.
      await pause(this.reopenDelayMs, null, { signal }).catch(() => undefined);
      this.reopenDelayMs = Math.min(this.reopenDelayMs * 2, reopenDelayMsMax);
    }
  }

  private async follow(stopped: AbortSignal): Promise<void> {
    const { log, views, readModel } = this.options;
    if (views.position() !== this.at) this.fold.forget();
    this.at = views.position();
    const left = new AbortController();
    const leave = () => left.abort();
    stopped.addEventListener('abort', leave, { once: true });
    const prefixes = streamPrefixes(readModel);
    const { signal } = left;
    const source = log.subscribe({ after: this.at, prefixes, signal });
    const gathering = new Gathering<Item>(source, batchEventsMax);
    try {
      for (
        let batch = await gathering.next();
        batch !== null && !stopped.aborted;
        batch = await gathering.next()
      )
        await this.project(batch);
    } finally {
      stopped.removeEventListener('abort', leave);
      left.abort();
      gathering.drop();
      await gathering.ended;
    }
  }

  private async project(items: readonly Item[]): Promise<void> {
    const events = items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));
    await this.fold.apply(events);
    const after = this.at;
    const position = lastPosition(items);
    // The end of the log is passed on too: what no projection follows must not hold up a reader.
    if (position !== null && (after === null || comparePositions(after, position) < 0)) {
      await this.options.views.commit({ after, position, changes: this.fold.changes() });
      this.at = position;
      this.fold.committed(keptRowsMax);
    }
    this.reopenDelayMs = reopenDelayMsMin;
    if (items.some(({ kind }) => kind === 'caught-up')) this.tellCaughtUp(true);
  }

  private tellCaughtUp(caughtUp: boolean): void {
    this.isCaughtUp ||= caughtUp;
    for (const resolve of this.waiting) resolve(caughtUp);
    this.waiting.clear();
  }
}

/** The stream prefixes that a read model follows, each once. */
export const streamPrefixes = ({ projections }: ReadModel): readonly string[] => [
  ...new Set(projections.flatMap(({ streams }) => streams)),
];

const lastPosition = (items: readonly Item[]): Position | null => {
  let last: Position | null = null;
  for (const item of items) {
    const position = item.kind === 'event' ? item.event.position : item.position;
    if (position !== null && (last === null || comparePositions(last, position) < 0))
      last = position;
  }
  return last;
};
