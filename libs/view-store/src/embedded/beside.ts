import type { Position } from '#kernel';
import {
  asked,
  reading,
  type BesideDatabase,
  type FollowersAsked,
  type FollowersBeside,
} from '../followers/beside-port.js';
import { asPosition } from '../followers/positions.js';
import type { ReadableViews } from '../port.js';
import type { EmbeddedBesideCalls, ViewsFileReaderCalls } from './calls.js';
import { followersFile } from './files.js';
import { exists } from './swap.js';
import { Thread } from './thread.js';
import { rowsFrom } from '../database/row-codec.js';

/** The views of one moment. Its `position` and every query belong to that moment. */
export type ViewsSnapshot = ReadableViews & {
  readonly position: Position | null;
  readonly fingerprint: string;
  readonly close: () => Promise<void>;
};

/**
 * The views in `file` as they stand now, beside whoever writes them on; null when there is no such
 * file. Writes nothing. Its owner's WAL grows until it is closed. Throws ViewsUnreadable.
 */
export const openViewsSnapshot = async (file: string): Promise<ViewsSnapshot | null> => {
  if (!(await exists(file))) return null;
  const reader = new Thread<ViewsFileReaderCalls>('views-reader');
  try {
    await reader.call('open', { file, beside: true });
    const { position, fingerprint } = await reader.call('hold', null);
    return {
      position: asPosition(position),
      fingerprint,
      query: async (sql, parameters) =>
        rowsFrom(await reader.call('query', { organisation: null, sql, parameters })),
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
};

/** What the followers of `directory` remember; null when none has run there. Writes nothing. */
export const openFollowersBeside = async (directory: string): Promise<FollowersBeside | null> => {
  const thread = await openThread(directory, false);
  return thread && reading(databaseOf(thread));
};

/** The same, for whoever wants something of them; null when none has run there. */
export const openFollowersToAsk = async (directory: string): Promise<FollowersAsked | null> => {
  const thread = await openThread(directory, true);
  return thread && asked(databaseOf(thread));
};

const databaseOf = (thread: Thread<EmbeddedBesideCalls>): BesideDatabase => ({
  call: (name, input) => thread.call(name, input),
  close: () => thread.close(),
});

const openThread = async (
  directory: string,
  asks: boolean,
): Promise<Thread<EmbeddedBesideCalls> | null> => {
  const file = followersFile(directory);
  if (!(await exists(file))) return null;
  const thread = new Thread<EmbeddedBesideCalls>('followers-beside');
  try {
    await thread.call('open', { file, asks });
    return thread;
  } catch (error) {
    await thread.close();
    throw error;
  }
};
