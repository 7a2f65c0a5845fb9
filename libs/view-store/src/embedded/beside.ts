import type { Position } from '#kernel';
import type { FollowerStore, ReadableViews } from '../port.js';
import type { ViewsReaderCalls } from './calls.js';
import { followersFile } from './files.js';
import { EmbeddedFollowerStore } from './follower-store.js';
import { exists } from './swap.js';
import { Thread } from './thread.js';
import { asPosition, rowsFrom } from './wire-codec.js';

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
  const reader = new Thread<ViewsReaderCalls>('views-reader');
  try {
    await reader.call('open', { file, beside: true });
    const { position, fingerprint } = await reader.call('hold', null);
    return {
      position: asPosition(position),
      fingerprint,
      query: async (sql, parameters) => rowsFrom(await reader.call('query', { sql, parameters })),
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
};

/** What followers remember, as far as it can be asked beside their process. */
export type FollowersBeside = Pick<FollowerStore, 'checkpoint' | 'parked' | 'close'>;

/** What the followers of `directory` remember; null when none has run there. Writes nothing. */
export const openFollowersBeside = async (directory: string): Promise<FollowersBeside | null> => {
  const file = followersFile(directory);
  return (await exists(file)) ? EmbeddedFollowerStore.open(file, true) : null;
};
