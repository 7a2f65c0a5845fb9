import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '#edge';
import { openEmbedded, type Embedded } from '#event-store';
import type { Request } from './verb.js';

/** Whether the directory has a log at all. */
export const hasLog = (directory: string): boolean => existsSync(join(directory, 'log.db'));

/** The log and its keys, to read beside whoever writes. `clock` serves the streams' age alone. */
export const openLogBeside = (
  { dataDirectory: directory, environment }: Request,
  clock: () => number = Date.now,
): Promise<Embedded> => {
  const { keyEncryptionKey } = readConfig(environment);
  return openEmbedded({ directory, keyEncryptionKey, clock, readOnly: true });
};
