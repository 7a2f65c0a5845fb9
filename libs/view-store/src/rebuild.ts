import { mkdir } from 'node:fs/promises';
import { Builder, type BuildOptions, type RebuildProgress } from './builder.js';
import { rebuildFile, viewsFile } from './embedded/files.js';
import { removeDatabase, swapIn } from './embedded/swap.js';
import { EmbeddedViewStore } from './embedded/view-store.js';

export type RebuildOptions = BuildOptions & { readonly directory: string };

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
  options: BuildOptions & { readonly file: string },
): Promise<RebuildProgress> => {
  const { file, readModel } = options;
  await removeDatabase(file);
  const views = await EmbeddedViewStore.open({ file, readModel, mode: 'building' });
  try {
    const builder = new Builder(views, options);
    await builder.toHead();
    await views.finish();
    return builder.progress;
  } finally {
    await views.close();
  }
};
