import { Builder, type BuildOptions, type RebuildProgress, type Review } from './builder.js';
import { openViewsSnapshot, type ViewsSnapshot } from './embedded/beside.js';
import type { ViewsReplacerCalls } from './embedded/calls.js';
import { viewsFile } from './embedded/files.js';
import { removeDatabase } from './embedded/swap.js';
import { Thread } from './embedded/thread.js';
import { EmbeddedViewStore } from './embedded/view-store.js';
import { asPosition } from './followers/positions.js';
import type { ReadModel } from './port.js';
import { tablesOf } from './read-model.js';

export type RebuildBeside = BuildOptions & {
  readonly directory: string;
  /** Where the fresh views are built; a database there is replaced, and none is left. */
  readonly file: string;
  readonly review: Review;
};

/**
 * Builds the views of a log anew beside those of `directory`, which an engine serves and projects
 * meanwhile, and if the review says so, makes them the same at one instant: no query sees a moment
 * between. The engine goes on from there. Interrupted at any moment it leaves the old ones as they
 * were. Throws ViewsUnreadable.
 */
export const rebuildBeside = async (
  options: RebuildBeside,
): Promise<RebuildProgress & { readonly swapped: boolean }> => {
  const { directory, file, readModel } = options;
  const live = viewsFile(directory);
  await removeDatabase(file);
  const fresh = await EmbeddedViewStore.open({ file, readModel, mode: 'aside' });
  try {
    const builder = new Builder(fresh, options);
    const liveViews = () => ofMoment(live, async ({ position }) => position);
    await builder.pursue(liveViews);
    const swapped = await reviewed(builder, live, options);
    if (swapped) {
      await builder.pursue(liveViews);
      await replace({ live, file, readModel }, builder);
    }
    return { ...builder.progress, swapped };
  } finally {
    await fresh.close();
    await removeDatabase(file);
  }
};

const ofMoment = async <T>(
  file: string,
  work: (views: ViewsSnapshot) => Promise<T>,
): Promise<T> => {
  const views = await openViewsSnapshot(file);
  if (views === null) throw new Error(`the views in ${file} are gone`);
  try {
    return await work(views);
  } finally {
    await views.close();
  }
};

const reviewed = (
  builder: Builder,
  liveFile: string,
  { file, review }: RebuildBeside,
): Promise<boolean> =>
  ofMoment(liveFile, async (live) => {
    const { position } = live;
    if (position !== null) await builder.to(position);
    return ofMoment(file, (fresh) => review({ live, fresh, position }));
  });

type Replaced = { readonly live: string; readonly file: string; readonly readModel: ReadModel };

/** While the views are locked nobody projects; whoever wanted to finds that others have written. */
const replace = async ({ live, file, readModel }: Replaced, builder: Builder): Promise<void> => {
  const replacer = new Thread<ViewsReplacerCalls>('views-replacer');
  try {
    await replacer.call('open', { file: live, fresh: file });
    const position = asPosition((await replacer.call('lock', null)).position);
    if (position !== null) await builder.to(position);
    await replacer.call('replace', { tables: [...tablesOf(readModel).values()] });
  } finally {
    await replacer.close();
  }
};
