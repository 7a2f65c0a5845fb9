import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  LogCorrupted,
  WrongKeyEncryptionKey,
  openEmbedded,
  type Embedded,
  type EmbeddedEventStore,
} from '#event-store';
import { counted, plural, type progressTo } from '../progress.js';
import { ok, problem, skipped, type Finding } from './finding.js';

const restore = 'stop the engine and restore the directory from a backup';
const keysOpen = ok('keys', 'they open with the key-encryption key');

export type OpenedLog = { readonly log: Embedded | null; readonly findings: readonly Finding[] };

/** Opens keys and log, read-only. Without a log, says what stands in the way of one. */
export const openLog = async (directory: string, key: Buffer | null): Promise<OpenedLog> => {
  const missing = ['log.db', 'keys.db'].filter((name) => !existsSync(join(directory, name)));
  if (missing.length > 0) return { log: null, findings: nothingToOpen(missing) };
  if (key === null)
    return { log: null, findings: both(skipped, 'the configuration lacks the key') };
  try {
    const log = await openEmbedded({
      directory,
      keyEncryptionKey: key,
      clock: Date.now,
      readOnly: true,
    });
    return { log, findings: [keysOpen] };
  } catch (error) {
    return { log: null, findings: whyClosed(error) };
  }
};

const both = (
  found: (check: string, detail: string) => Finding,
  detail: string,
): readonly Finding[] => [found('keys', detail), found('log', detail)];

const nothingToOpen = (missing: readonly string[]): readonly Finding[] => {
  if (missing.length > 1) return both(ok, 'none yet: the first start makes it');
  const check = missing[0] === 'log.db' ? 'log' : 'keys';
  const other = check === 'log' ? 'keys' : 'log';
  return [
    problem(check, `${missing[0]} is missing`, restore),
    skipped(other, 'the other one is missing'),
  ];
};

/** The keys are opened first; only the log is ever said to be corrupted. */
const whyClosed = (error: unknown): readonly Finding[] => {
  if (error instanceof LogCorrupted) return [keysOpen, corrupted(error)];
  const detail = error instanceof Error ? error.message : String(error);
  const mend =
    error instanceof WrongKeyEncryptionKey
      ? 'set CASEMENT_KEY_ENCRYPTION_KEY to the key that the directory was made with'
      : restore;
  return [problem('keys', detail, mend), skipped('log', 'the keys must open first')];
};

const corrupted = (error: LogCorrupted): Finding =>
  problem('log', error.message, `${restore} from before it`);

/** Walks the whole chain of checksums, from the first row. */
export const checkLog = async (
  store: EmbeddedEventStore,
  progress: ReturnType<typeof progressTo>,
): Promise<Finding> => {
  let rows = 0;
  try {
    await store.verifyAll((checked, all) => {
      rows = all;
      progress(() => `checked ${counted(checked)} of ${plural(all, 'row')} of the log`);
    });
  } catch (error) {
    if (error instanceof LogCorrupted) return corrupted(error);
    throw error;
  }
  return ok('log', `${plural(rows, 'row')}, the chain of checksums is whole`);
};
