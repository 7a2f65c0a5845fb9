import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded, type Embedded, type EmbeddedOptions } from '../open-embedded.js';

export const keyEncryptionKey = randomBytes(32);

export type DataDirectory = {
  readonly directory: string;
  readonly open: (over?: Partial<EmbeddedOptions>) => Promise<Embedded>;
  /** Closes whatever is still open and removes the directory. */
  readonly cleanup: () => Promise<void>;
};

/** A data directory of its own for a test. */
export const aDirectory = async (): Promise<DataDirectory> => {
  const directory = await mkdtemp(join(tmpdir(), 'casement-log-'));
  const opened: Embedded[] = [];
  const open = async (over: Partial<EmbeddedOptions> = {}): Promise<Embedded> => {
    const embedded = await openEmbedded({
      directory,
      keyEncryptionKey,
      clock: () => Date.now(),
      ...over,
    });
    opened.push(embedded);
    return embedded;
  };
  const cleanup = async (): Promise<void> => {
    for (const embedded of opened) await embedded.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { directory, open, cleanup };
};
