import { join } from 'node:path';
import { openEmbedded } from '#event-store';
import { openEmbeddedMedia } from '#media';
import { openEmbeddedViews } from '#view-store';
import { readModel } from '../composition.js';
import type { OpeningStores, Stores } from './stores.js';
import { watchWrites } from './watch-writes.js';

/**
 * The data directory has one owner at a time, so that its followers need not wait for a lease that a
 * killed predecessor held.
 */
const wholeEngine = 'casement';

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
    owner: wholeEngine,
    triesAgain: false,
    writeRefusal: watched.writeRefusal,
    checkAll: watched.checkAll,
    close,
  };
};
