import type { StreamDeletion, StreamMetadata } from '../port.js';
import type { Statements } from './database.js';

/** A deletion lets go of everything up to a revision, and takes what else was set away. */
export type StreamLimits = Omit<StreamMetadata, 'truncateBefore'> & {
  readonly truncateBefore?: bigint | number;
  readonly deletion: StreamDeletion | null;
};

/** False in a log that an older Casement wrote. */
export const keepsDeletions = (statements: Statements): boolean =>
  statements.rows('PRAGMA table_info(streams)', []).some(([, column]) => column === 'deletion');

/** Replaces what was set for a stream; the stream need not be there. */
export const setLimits = (statements: Statements, stream: string, limits: StreamLimits): void => {
  const { maxAgeSeconds = null, maxCount = null, truncateBefore, deletion } = limits;
  statements.run(
    `INSERT INTO streams (name, max_age_seconds, max_count, truncate_before, deletion)
     VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
     max_age_seconds = excluded.max_age_seconds, max_count = excluded.max_count,
     truncate_before = excluded.truncate_before, deletion = excluded.deletion`,
    [stream, maxAgeSeconds, maxCount, truncateBefore?.toString() ?? null, deletion],
  );
};
