import { organisationId, type Position } from '#kernel';
import { CursorExpired, Cursors, readConfig, type Environment } from '#edge';
import { parsePosition } from '#event-store';
import { textOf } from '../flag-values.js';
import type { LogBeside } from '../place/place.js';
import { UsageError, type Flags } from '../verb.js';

/**
 * After which position to begin, null for the beginning: a position as the lines show it, or a
 * cursor of the API with the organisation that it belongs to. Throws UsageError, and Error for a
 * place beyond the end.
 */
export const startOf = async (
  log: LogBeside,
  flags: Flags,
  environment: Environment,
): Promise<Position | null> => {
  const text = textOf(flags, 'after');
  if (text === null) return null;
  const after = parsePosition(text) ?? (await ofCursor(text, log, flags, environment));
  const head = await log.store.head();
  if (head === null || after > head)
    throw new Error(
      `the log ends at ${head ?? 'its beginning'}: it has nothing after ${after} yet`,
    );
  return after;
};

const ofCursor = async (
  cursor: string,
  { epoch }: LogBeside,
  flags: Flags,
  environment: Environment,
): Promise<Position> => {
  const organisation = textOf(flags, 'organisation');
  if (organisation === null)
    throw new UsageError(
      '--after takes a position of 16 digits and letters, or a cursor with its --organisation',
    );
  const { cursorsPurpose, secretFor } = await import('#platform');
  const { keyEncryptionKey } = readConfig(environment);
  const cursors = new Cursors(secretFor(keyEncryptionKey, cursorsPurpose), epoch);
  try {
    return cursors.readLog(cursor, organisationId(organisation));
  } catch (error) {
    if (!(error instanceof CursorExpired)) throw error;
    throw new UsageError('--after is no cursor of this log and organisation', { cause: error });
  }
};
