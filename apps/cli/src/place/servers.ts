import { readConfig, type ExternalStores } from '#edge';
import { mustBeOf, openEventStoreDbBeside, openPostgresKeysBeside } from '#event-store';
import { openPostgresFollowersBeside, openPostgresFollowersToAsk } from '#view-store';
import type { Request } from '../verb.js';
import type { LogBeside, Place } from './place.js';

/** The stores that the environment names, which any number of processes share. */
export const serversPlace = ({ environment }: Pick<Request, 'environment'>): Place => {
  const { stores, keyEncryptionKey } = readConfig(environment);
  if (stores === null) throw new Error('the environment names no stores');
  const { viewStore: url } = stores;
  return {
    name: 'the stores of the configuration',
    otherwise: 'start an engine, or name the right ones in the environment',
    openLog: () => openLog(stores, keyEncryptionKey),
    openFollowers: () => openPostgresFollowersBeside({ url }),
    openFollowersToAsk: () => openPostgresFollowersToAsk({ url }),
    isRunning: async () => {
      const followers = await openPostgresFollowersBeside({ url });
      if (followers === null) return false;
      try {
        return await followers.isLed(anyFollower);
      } finally {
        await followers.close();
      }
    },
  };
};

/** Every engine has it. */
const anyFollower = 'whatsapp-inbox';

const openLog = async (
  { eventStore: connectionString, viewStore: url }: ExternalStores,
  keyEncryptionKey: Uint8Array,
): Promise<LogBeside | null> => {
  const found = await openPostgresKeysBeside({ url, keyEncryptionKey });
  if (found === null) return null;
  const { keys } = found;
  const log = await openEventStoreDbBeside({ connectionString }).catch(async (error) => {
    await keys.close();
    throw error;
  });
  if (log === null) {
    await keys.close();
    return null;
  }
  const { store, epoch } = log;
  const close = async (): Promise<void> => {
    await log.close();
    await keys.close();
  };
  try {
    mustBeOf(epoch, found.epoch);
    return { store, keys, epoch, close };
  } catch (error) {
    await close();
    throw error;
  }
};
