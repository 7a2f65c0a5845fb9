import { createHash, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ExternalStores } from '#edge';
import {
  openEventStoreDb,
  openPostgresKeys,
  takeOwnership,
  type OpenPostgresKeys,
} from '#event-store';
import { openEmbeddedMedia } from '#media';
import { openPostgresFollowers, openPostgresViews } from '#view-store';
import { readModel } from '../composition.js';
import { closing, opening } from './opening.js';
import type { OpeningStores, OpeningViews, OpenedViews, Stores } from './stores.js';

/** An EventStoreDB and a PostgreSQL, which any number of processes share. */
export const openExternalStores = async (
  { eventStore: connectionString, viewStore: url }: ExternalStores,
  { config: { dataDirectory, keyEncryptionKey }, isAlone }: OpeningStores,
): Promise<Stores> => {
  await mkdir(dataDirectory, { recursive: true, mode: ownersFolder });
  const identity = isAlone ? whole(dataDirectory) : oneOfMany();
  const { log, keys } = await openLog(connectionString, { url, keyEncryptionKey }).catch(
    (error: unknown) => {
      identity.release();
      throw error;
    },
  );
  const { store } = log;
  const closeBoth = closing(log, keys);
  return {
    events: store,
    keys,
    epoch: log.epoch,
    openViews: (rebuildFrom) => openViews(url, rebuildFrom),
    media: await openEmbeddedMedia({
      directory: join(dataDirectory, 'media'),
      keys,
      isShared: !isAlone,
    }),
    owner: identity.owner,
    writeRefusal: () => store.head().then(() => null, wordsOf),
    triesAgain: true,
    // The server has checked its own files.
    checkAll: () => Promise.resolve(),
    close: async () => {
      await closeBoth();
      identity.release();
    },
  };
};

/** The log first: what it is tells whether the keys are its own. */
const openLog = async (
  connectionString: string,
  keysAt: Pick<OpenPostgresKeys, 'url' | 'keyEncryptionKey'>,
) => {
  const log = await openEventStoreDb({ connectionString });
  try {
    const isWritten = (await log.store.head()) !== null;
    return {
      log,
      keys: await openPostgresKeys({ ...keysAt, log: { epoch: log.epoch, isWritten } }),
    };
  } catch (error) {
    await log.close();
    throw error;
  }
};

const openViews = async (url: string, rebuildFrom: OpeningViews): Promise<OpenedViews> => {
  const [{ views, ...opened }, followers] = await opening(
    openPostgresViews({ url, readModel, rebuildFrom }),
    openPostgresFollowers({ url }),
  );
  return { views, followers, close: closing(opened, followers) };
};

type Identity = { readonly owner: string; readonly release: () => void };

/** Goes on with the leases that a killed predecessor on the same directory has held. */
const whole = (dataDirectory: string): Identity => {
  const { release } = takeOwnership(dataDirectory);
  const place = createHash('sha256').update(`${hostname()} ${dataDirectory}`).digest('hex');
  return { owner: `casement-${place.slice(0, ownerCharacters)}`, release };
};

const oneOfMany = (): Identity => ({
  owner: `${hostname()}-${process.pid}-${randomUUID().slice(0, ownerCharacters)}`,
  release: () => undefined,
});

const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const ownerCharacters = 12;
const ownersFolder = 0o700;
