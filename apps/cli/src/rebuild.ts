import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '#edge';
import { DataDirectoryInUse, openEmbedded, type Embedded } from '#event-store';
import { compareWithLog } from './rebuild/compare-with-log.js';
import { swapThem } from './rebuild/swap-them.js';
import { exits, type Request, type Run } from './verb.js';

/**
 * Builds the views anew. When nothing runs on the directory they are swapped in; beside a running
 * engine, and with `--check`, they are compared with those that are there. Interrupted, it leaves
 * everything as it was.
 */
export const rebuildViews: Run = async (request, terminal) => {
  const { dataDirectory, flags } = request;
  if (!existsSync(join(dataDirectory, 'log.db'))) {
    terminal.tell(`there is no log in ${dataDirectory}`);
    return exits.problem;
  }
  const owned = flags['check'] === true ? null : await opened(request, false);
  if (owned !== null) return closing(owned, () => swapThem(dataDirectory, owned, terminal));
  const beside = await openBeside(request);
  const exit = await closing(beside, () => compareWithLog(dataDirectory, beside, terminal));
  if (flags['check'] === true) return exit;
  terminal.tell('an engine is running on the directory: stop it, and run this again to swap');
  return exits.problem;
};

/** Owning the directory keeps an engine from starting meanwhile. Null while somebody else owns it. */
const opened = async (request: Request, readOnly: boolean): Promise<Embedded | null> => {
  const { dataDirectory: directory, environment } = request;
  const { keyEncryptionKey } = readConfig(environment);
  try {
    return await openEmbedded({ directory, keyEncryptionKey, clock: Date.now, readOnly });
  } catch (error) {
    if (error instanceof DataDirectoryInUse) return null;
    throw error;
  }
};

const openBeside = async (request: Request): Promise<Embedded> => {
  const embedded = await opened(request, true);
  if (embedded === null) throw new Error('the log cannot be read beside its owner');
  return embedded;
};

const closing = async (embedded: Embedded, work: () => Promise<number>): Promise<number> => {
  try {
    return await work();
  } finally {
    await embedded.close();
  }
};
