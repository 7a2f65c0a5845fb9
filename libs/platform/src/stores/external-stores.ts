import { join } from 'node:path';
import type { ExternalStores } from '#edge';
import { SystemTimer } from '#engine';
import { openEventStoreDb, openPostgresKeys } from '#event-store';
import { openEmbeddedMedia } from '#media';
import { openPostgresFollowers, openPostgresViews } from '#view-store';
import { readModel } from '../composition.js';
import { guarded } from './availability.js';
import { closing, opening } from './opening.js';
import type { OpeningStores, OpeningViews, OpenedViews, Stores } from './stores.js';

/** An EventStoreDB and a PostgreSQL, which any number of processes share. */
export const openExternalStores = async (
  { eventStore: connectionString, viewStore: url }: ExternalStores,
  { config: { dataDirectory, keyEncryptionKey } }: OpeningStores,
): Promise<Stores> => {
  const [log, keys] = await opening(
    openEventStoreDb({ connectionString }),
    openPostgresKeys({ url, keyEncryptionKey }),
  );
  const { store, writeRefusal } = guarded(log.store, new SystemTimer());
  return {
    events: store,
    keys,
    epoch: log.epoch,
    openViews: (rebuildFrom) => openViews(url, rebuildFrom),
    media: await openEmbeddedMedia({
      directory: join(dataDirectory, 'media'),
      keys,
      isShared: true,
    }),
    writeRefusal,
    // The server has checked its own files.
    checkAll: () => Promise.resolve(),
    close: closing(log, keys),
  };
};

const openViews = async (url: string, rebuildFrom: OpeningViews): Promise<OpenedViews> => {
  const [{ views, ...opened }, followers] = await opening(
    openPostgresViews({ url, readModel, rebuildFrom }),
    openPostgresFollowers({ url }),
  );
  return { views, followers, close: closing(opened, followers) };
};
