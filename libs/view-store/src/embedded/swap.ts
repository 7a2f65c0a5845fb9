import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ViewsFileWriterCalls } from './calls.js';
import { ViewsUnreadable } from '../database/errors.js';
import { Thread } from './thread.js';

/** Removes a database and the files that SQLite keeps beside it. */
export const removeDatabase = async (file: string): Promise<void> => {
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(file + suffix, { force: true });
};

/**
 * Puts the finished database `fresh` in the place of `live`, at one instant: a crash leaves the old
 * one whole or the new one whole. Throws ViewsInUse, changing nothing, while `live` is open.
 */
export const swapIn = async (fresh: string, live: string): Promise<void> => {
  await synced(fresh);
  if (await exists(live)) await seal(live);
  // A WAL without its file (a person may have removed that) would be played into the new one.
  for (const suffix of ['-wal', '-shm', '-journal']) await rm(live + suffix, { force: true });
  await rename(fresh, live);
  await synced(dirname(live));
};

/** In a thread of its own: only its end lets go of the file for certain. */
const seal = async (file: string): Promise<void> => {
  const thread = new Thread<ViewsFileWriterCalls>('views-writer');
  try {
    await thread.call('seal', { file });
  } catch (error) {
    // What is damaged has nothing to lose.
    if (!(error instanceof ViewsUnreadable)) throw error;
  } finally {
    await thread.close();
  }
};

const synced = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

export const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
