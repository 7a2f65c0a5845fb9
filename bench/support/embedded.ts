import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventLog, openEmbedded, type EventLog } from '#event-store';
import { catalogues } from '#platform';

/** A directory of its own, and the way to be rid of it. */
export const temporaryDirectory = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'casement-bench-'));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
};

export type OpenLog = { readonly log: EventLog; readonly close: () => Promise<void> };

/** The log as Casement opens it, codec and sealing included. */
export const openLog = async (directory: string): Promise<OpenLog> => {
  const { store, keys, close } = await openEmbedded({
    directory,
    keyEncryptionKey: randomBytes(32),
    clock: () => Date.now(),
  });
  return { log: createEventLog({ store, keys, catalogues }), close };
};
