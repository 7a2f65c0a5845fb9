import { DELETED_STREAM } from './event.js';

/** What a stream's metadata says of the events that are shown. */
export type Retention = {
  readonly maxAgeMs: number | null;
  readonly maxCount: bigint | null;
  readonly truncateBefore: bigint | null;
};

export const metastreamOf = (stream: string): string => `$$${stream}`;
export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
export const originalOf = (metastream: string): string => metastream.slice('$$'.length);

const MS_PER_SECOND = 1000;
const everything: Retention = { maxAgeMs: null, maxCount: null, truncateBefore: null };
/** Of metadata the newest is shown only. */
const ofMetastreams: Retention = { ...everything, maxCount: 1n };

const asObject = (data: Uint8Array): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
};

const whole = (value: unknown): bigint | null => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) return null;
  // A double does not hold the very last revision: what is as large means it.
  return value >= Number(DELETED_STREAM) ? DELETED_STREAM : BigInt(value);
};

/** Reads what was written last to a stream's metastream; what means nothing is as if not there. */
export const retentionOf = (stream: string, metadata: Uint8Array | null): Retention => {
  if (isMetastream(stream)) return ofMetastreams;
  const said = metadata === null ? null : asObject(metadata);
  if (said === null) return everything;
  const maxAge = whole(said['$maxAge']);
  return {
    maxAgeMs: maxAge === null ? null : Number(maxAge) * MS_PER_SECOND,
    maxCount: whole(said['$maxCount']),
    truncateBefore: whole(said['$tb']),
  };
};

export const isSoftDeleted = (retention: Retention): boolean =>
  retention.truncateBefore === DELETED_STREAM;

/** The oldest revision that a stream shows, by count and by truncation. */
export const oldestShown = (retention: Retention, newest: bigint): bigint => {
  const byCount = retention.maxCount === null ? 0n : newest - retention.maxCount + 1n;
  const byTruncation = retention.truncateBefore ?? 0n;
  return byCount > byTruncation ? byCount : byTruncation;
};

/** The metadata of a stream that is softly deleted. */
export const softDeletion = (): Uint8Array => Buffer.from(`{"$tb":${DELETED_STREAM}}`);

/** The same metadata for a stream that goes on at `revision`; null when it is not an object. */
export const recreatedFrom = (metadata: Uint8Array, revision: bigint): Uint8Array | null => {
  const said = asObject(metadata);
  return said === null
    ? null
    : Buffer.from(JSON.stringify({ ...said, $tb: Number(revision) }), 'utf8');
};
