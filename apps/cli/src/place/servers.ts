import { readConfig, type ExternalStores } from '#edge';
import { openEventStoreDb, openPostgresKeys } from '#event-store';
import { openPostgresFollowersBeside, openPostgresFollowersToAsk } from '#view-store';
import type { Request } from '../verb.js';
import type { LogBeside, Place } from './place.js';

/** The stores that the environment names, which any number of processes share. */
export const serversPlace = ({ environment }: Request): Place => {
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
): Promise<LogBeside> => {
  const keys = await openPostgresKeys({ url, keyEncryptionKey });
  try {
    const { store, epoch, close } = await openEventStoreDb({ connectionString });
    const closeBoth = async (): Promise<void> => {
      await close();
      await keys.close();
    };
    return { store, keys, epoch, close: closeBoth };
  } catch (error) {
    await keys.close();
    throw error;
  }
};
