import { mkdir } from 'node:fs/promises';
import { comparePositions, type Position, type Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { rebuildFile, viewsFile } from './embedded/files.js';
import { removeDatabase, swapIn } from './embedded/swap.js';
import { EmbeddedViewStore } from './embedded/view-store.js';
import { Fold, type ParkedRow } from './fold.js';
import type { ReadModel } from './port.js';
import { streamPrefixes } from './projector.js';

/** Events that are folded at a time: between two of them, progress is told and memory is looked at. */
const chunkEventsMax = 2_000;
/** Changed rows that are held in memory before they are written, over all tables. */
const changedRowsMax = 50_000;
/** Rows of each table that stay in memory after they were written. */
const keptRowsMax = 20_000;

export type RebuildProgress = {
  readonly events: number;
  readonly position: Position | null;
  /** The end of the log when the rebuild began. */
  readonly head: Position | null;
};

export type RebuildOptions = {
  readonly log: Pick<EventLog, 'head' | 'readAll'>;
  readonly readModel: ReadModel;
  readonly directory: string;
  readonly onProgress: (progress: RebuildProgress) => void;
  readonly onParked: (parked: ParkedRow) => void;
};

/**
 * Builds the views of the whole log anew beside those in `directory` and swaps them in. Interrupted
 * at any moment it leaves the old ones as they were. Throws ViewsInUse while anybody has the old
 * ones open, and whatever the log throws.
 */
export const rebuild = async (options: RebuildOptions): Promise<RebuildProgress> => {
  const { directory } = options;
  await mkdir(directory, { recursive: true });
  const fresh = rebuildFile(directory);
  try {
    const progress = await buildViews({ ...options, file: fresh });
    await swapIn(fresh, viewsFile(directory));
    return progress;
  } finally {
    await removeDatabase(fresh);
  }
};

/** Folds the whole log into a fresh database at `file`, replacing what was there. */
export const buildViews = async (
  options: Omit<RebuildOptions, 'directory'> & { readonly file: string },
): Promise<RebuildProgress> => {
  const { file, readModel, log, onProgress } = options;
  await removeDatabase(file);
  const views = await EmbeddedViewStore.open({ file, readModel, mode: 'building' });
  try {
    const builder = new Builder(views, options);
    const head = await log.head();
    const prefixes = streamPrefixes(readModel);
    for await (const chunk of chunked(log.readAll({ direction: 'forwards', prefixes }))) {
      await builder.add(chunk);
      onProgress({ ...builder.progress, head });
    }
    await builder.end(head);
    await views.finish();
    return { ...builder.progress, head };
  } finally {
    await views.close();
  }
};

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

/** Folds in memory for as long as it is small, so that a busy row is written once and not often. */
class Builder {
  private readonly fold: Fold;
  private events = 0;
  private position: Position | null = null;

  constructor(
    private readonly views: EmbeddedViewStore,
    { readModel, onParked }: Pick<RebuildOptions, 'readModel' | 'onParked'>,
  ) {
    this.fold = new Fold({
      readModel,
      read: (table, keys) => views.rows(table, keys),
      onParked,
      startsEmpty: true,
    });
  }

  get progress() {
    return { events: this.events, position: this.position };
  }

  async add(chunk: readonly Recorded[]): Promise<void> {
    await this.fold.apply(chunk);
    this.events += chunk.length;
    this.position = chunk.at(-1)?.position ?? this.position;
    if (this.fold.changedRows >= changedRowsMax) await this.write();
  }

  /** The views stand at the head, also when the last events were of streams that none follows. */
  async end(head: Position | null): Promise<void> {
    if (head !== null && (this.position === null || comparePositions(this.position, head) < 0))
      this.position = head;
    await this.write();
  }

  private async write(): Promise<void> {
    if (this.position === null) return;
    const after = this.views.position();
    await this.views.commit({ after, position: this.position, changes: this.fold.changes() });
    this.fold.committed(keptRowsMax);
  }
}
