import { mkdir } from 'node:fs/promises';
import type { EventLog } from '#event-store';
import type { ParkedRow } from '../fold.js';
import type { FollowerStore, ReadModel, ViewStore } from '../port.js';
import type { RebuildProgress } from '../builder.js';
import { rebuild } from '../rebuild.js';
import { OtherFingerprint, ViewsUnreadable } from '../database/errors.js';
import { followersFile, viewsFile } from './files.js';
import { openEmbeddedFollowers } from './follower-store.js';
import { exists } from './swap.js';
import { EmbeddedViewStore } from './view-store.js';

export type EmbeddedViews = {
  readonly views: ViewStore;
  readonly followers: FollowerStore;
  readonly close: () => Promise<void>;
};

export type OpenEmbeddedViews = {
  readonly directory: string;
  readonly readModel: ReadModel;
  /** With it, views that are missing, outdated or damaged are rebuilt before anything is served. */
  readonly rebuildFrom?: {
    readonly log: EventLog;
    readonly onProgress: (progress: RebuildProgress) => void;
    readonly onParked: (parked: ParkedRow) => void;
  };
};

/**
 * Opens the views and what followers remember in `directory`, which is made when it is missing.
 * Without `rebuildFrom`, missing views begin empty, outdated ones throw OtherFingerprint and
 * damaged ones ViewsUnreadable.
 */
export const openEmbeddedViews = async (options: OpenEmbeddedViews): Promise<EmbeddedViews> => {
  await mkdir(options.directory, { recursive: true });
  const opened = await Promise.allSettled([
    openViews(options),
    openEmbeddedFollowers(followersFile(options.directory)),
  ]);
  const [views, followers] = opened;
  if (views.status === 'fulfilled' && followers.status === 'fulfilled')
    return {
      views: views.value,
      followers: followers.value,
      close: async () => {
        await Promise.all([views.value.close(), followers.value.close()]);
      },
    };
  for (const result of opened) if (result.status === 'fulfilled') await result.value.close();
  throw opened.find((result) => result.status === 'rejected')?.reason;
};

const openViews = async (options: OpenEmbeddedViews): Promise<ViewStore> => {
  const { directory, readModel, rebuildFrom } = options;
  const file = viewsFile(directory);
  const open = () => EmbeddedViewStore.open({ file, readModel, mode: 'live' });
  if (rebuildFrom === undefined) return open();
  const rebuilt = async () => {
    await rebuild({ directory, readModel, ...rebuildFrom });
    return open();
  };
  if (!(await exists(file))) return rebuilt();
  return open().catch((error: unknown) => {
    if (error instanceof OtherFingerprint || error instanceof ViewsUnreadable) return rebuilt();
    throw error;
  });
};
