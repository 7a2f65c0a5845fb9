import { readConfig } from '#edge';
import { DataDirectoryInUse, openEmbedded, type Embedded } from '#event-store';
import { directoryPlace } from '../place/directory.js';
import type { LogBeside } from '../place/place.js';
import { compareWithLog, swapBesideEngine } from './beside-engine.js';
import { swapThem } from './swap-them.js';
import { exits, type Request, type Run } from '../verb.js';

/**
 * Builds the views of a data directory anew and swaps them in, also beside an engine that runs on it;
 * with `--check` they are compared with those that are there. Interrupted, it leaves everything as it
 * was.
 */
export const rebuildInDirectory: Run = async (request, terminal) => {
  const { dataDirectory, flags } = request;
  const place = directoryPlace(request);
  const beside = await place.openLog();
  if (beside === null) {
    terminal.tell(`there is no log in ${place.name}`);
    return exits.problem;
  }
  const own = flags['check'] === true ? null : await owned(request);
  if (own !== null) {
    await beside.close();
    return closing(own, () => swapThem(dataDirectory, own, terminal));
  }
  const rebuilt = flags['check'] === true ? compareWithLog : swapBesideEngine;
  return closing(beside, () => rebuilt({ directory: dataDirectory, log: beside }, terminal));
};

/** Owning the directory keeps an engine from starting meanwhile. Null while somebody else owns it. */
const owned = async (request: Request): Promise<Embedded | null> => {
  const { dataDirectory: directory, environment } = request;
  const { keyEncryptionKey } = readConfig(environment);
  try {
    return await openEmbedded({ directory, keyEncryptionKey, clock: Date.now });
  } catch (error) {
    if (error instanceof DataDirectoryInUse) return null;
    throw error;
  }
};

const closing = async (log: LogBeside, work: () => Promise<number>): Promise<number> => {
  try {
    return await work();
  } finally {
    await log.close();
  }
};
