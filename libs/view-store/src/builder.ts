import { comparePositions, type Position, type Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { Fold, type ParkedRow } from './fold.js';
import type { ReadModel, ReadableViews, ViewStore } from './port.js';
import { streamPrefixes } from './projector.js';

/** Events that are folded at a time: between two of them, progress is told and memory is looked at. */
const chunkEventsMax = 2_000;
/** Changed rows that are held in memory before they are written, over all tables. */
const changedRowsMax = 50_000;
/** Rows of each table that stay in memory after they were written. */
const keptRowsMax = 20_000;
/** While more than so many events came during the last pass behind live views, another one is made. */
const eventsLeftMax = 1_000;
/** A log that is written faster than it is folded is caught up with under the lock. */
const passesMax = 20;

export type RebuildProgress = {
  readonly events: number;
  readonly position: Position | null;
  /** The end of the log when the rebuild began. */
  readonly head: Position | null;
};

export type BuildOptions = {
  readonly log: Pick<EventLog, 'head' | 'readAll'>;
  readonly readModel: ReadModel;
  readonly onProgress: (progress: RebuildProgress) => void;
  readonly onParked: (parked: ParkedRow) => void;
};

/** Live and fresh views of one moment of the log; whether the fresh ones may take their place. */
export type Review = (views: {
  readonly live: ReadableViews;
  readonly fresh: ReadableViews;
  readonly position: Position | null;
}) => Promise<boolean>;

/** Folds a log into views that begin empty and are nobody else's: in memory for as long as it is small. */
export class Builder {
  private readonly fold: Fold;
  private events = 0;
  private at: Position | null = null;
  private head: Position | null = null;

  constructor(
    private readonly views: Pick<ViewStore, 'rows' | 'commit' | 'position'>,
    private readonly options: BuildOptions,
  ) {
    this.fold = new Fold({
      readModel: options.readModel,
      read: (table, keys) => views.rows(table, keys),
      onParked: options.onParked,
      startsEmpty: true,
    });
  }

  get progress(): RebuildProgress {
    return { events: this.events, position: this.at, head: this.head };
  }

  /** Folds what there is. The views stand at its end then, or further. */
  async toHead(): Promise<void> {
    this.head = await this.options.log.head();
    await this.follow(null);
    await this.end(this.head);
  }

  /** Folds on to a place of the log, and no further. */
  async to(position: Position): Promise<void> {
    await this.follow(position);
    await this.end(position);
  }

  /** Folds until few events are left up to live views, which move on; never beyond where they stand. */
  async pursue(liveViews: () => Promise<Position | null>): Promise<void> {
    for (let passes = 0; passes < passesMax; passes += 1) {
      const before = this.events;
      const position = await liveViews();
      if (position !== null) await this.to(position);
      if (this.events - before <= eventsLeftMax) return;
    }
  }

  private async follow(upTo: Position | null): Promise<void> {
    const { log, readModel, onProgress } = this.options;
    const prefixes = streamPrefixes(readModel);
    const after = this.at === null ? {} : { after: this.at };
    const events = log.readAll({ direction: 'forwards', prefixes, ...after });
    for await (const chunk of chunked(until(events, upTo))) {
      await this.add(chunk);
      onProgress(this.progress);
    }
  }

  private async add(chunk: readonly Recorded[]): Promise<void> {
    await this.fold.apply(chunk);
    this.events += chunk.length;
    this.at = chunk.at(-1)?.position ?? this.at;
    // A busy row is written once and not often.
    if (this.fold.changedRows >= changedRowsMax) await this.write();
  }

  /** The views stand at the head, also when the last events were of streams that none follows. */
  private async end(head: Position | null): Promise<void> {
    if (head !== null && (this.at === null || comparePositions(this.at, head) < 0)) this.at = head;
    await this.write();
  }

  private async write(): Promise<void> {
    const after = this.views.position();
    if (this.at === null || this.at === after) return;
    await this.views.commit({ after, position: this.at, changes: this.fold.changes() });
    this.fold.committed(keptRowsMax);
  }
}

async function* until(
  events: AsyncIterable<Recorded>,
  position: Position | null,
): AsyncGenerator<Recorded> {
  for await (const event of events) {
    if (position !== null && comparePositions(event.position, position) > 0) return;
    yield event;
  }
}

async function* chunked(events: AsyncIterable<Recorded>): AsyncGenerator<readonly Recorded[]> {
  let chunk: Recorded[] = [];
  for await (const event of events) {
    chunk.push(event);
    if (chunk.length < chunkEventsMax) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
