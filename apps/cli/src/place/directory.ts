import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '#edge';
import { isOwned, openEmbedded } from '#event-store';
import { openFollowersBeside, openFollowersToAsk } from '#view-store';
import type { Request } from '../verb.js';
import type { Place } from './place.js';

/** The data directory of an engine with embedded stores. */
export const directoryPlace = ({ dataDirectory: directory, environment }: Request): Place => ({
  name: directory,
  otherwise: 'name the right one with --data-dir',
  openLog: async (clock = Date.now) => {
    if (!existsSync(join(directory, 'log.db'))) return null;
    const { keyEncryptionKey } = readConfig(environment);
    return openEmbedded({ directory, keyEncryptionKey, clock, readOnly: true });
  },
  openFollowers: () => openFollowersBeside(directory),
  openFollowersToAsk: () => openFollowersToAsk(directory),
  isRunning: async () => isOwned(directory),
});
