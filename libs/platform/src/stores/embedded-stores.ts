import { join } from 'node:path';
import { openEmbedded } from '#event-store';
import { openEmbeddedMedia } from '#media';
import { openEmbeddedViews } from '#view-store';
import { readModel } from '../composition.js';
import type { OpeningStores, Stores } from './stores.js';
import { watchWrites } from './watch-writes.js';

/** Files in the data directory, which this process owns. */
export const openEmbeddedStores = async ({ config, clock }: OpeningStores): Promise<Stores> => {
  const { dataDirectory: directory, keyEncryptionKey } = config;
  const { store, keys, epoch, close } = await openEmbedded({ directory, keyEncryptionKey, clock });
  const watched = watchWrites(store);
  return {
    events: watched.store,
    keys,
    epoch,
    openViews: (rebuildFrom) => openEmbeddedViews({ directory, readModel, rebuildFrom }),
    media: await openEmbeddedMedia({ directory: join(directory, 'media'), keys }),
    writeRefusal: watched.writeRefusal,
    checkAll: watched.checkAll,
    close,
  };
};
