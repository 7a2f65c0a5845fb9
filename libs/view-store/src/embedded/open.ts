import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FollowerStore, ReadModel, ViewStore } from '../port.js';
import { EmbeddedFollowerStore } from './follower-store.js';
import { EmbeddedViewStore } from './view-store.js';

export const viewsFile = (directory: string): string => join(directory, 'views.db');
export const followersFile = (directory: string): string => join(directory, 'followers.db');

export type EmbeddedViews = {
  readonly views: ViewStore;
  readonly followers: FollowerStore;
  readonly close: () => Promise<void>;
};

/** Opens the views and what followers remember in `directory`, which is made when it is missing. */
export const openEmbeddedViews = async (options: {
  readonly directory: string;
  readonly readModel: ReadModel;
}): Promise<EmbeddedViews> => {
  const { directory, readModel } = options;
  await mkdir(directory, { recursive: true });
  const followers = await EmbeddedFollowerStore.open(followersFile(directory));
  const views = await EmbeddedViewStore.open({
    file: viewsFile(directory),
    readModel,
    mode: 'live',
  }).catch(async (error: unknown) => {
    await followers.close();
    throw error;
  });
  return {
    views,
    followers,
    close: async () => {
      await Promise.all([views.close(), followers.close()]);
    },
  };
};
