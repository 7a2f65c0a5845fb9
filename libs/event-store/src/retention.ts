import type { StreamMetadata } from './port.js';

const MS_PER_SECOND = 1000;

/** The oldest revision that a stream still shows, by count and by truncation. */
export const oldestShown = (metadata: StreamMetadata, newest: number): number =>
  Math.max(
    0,
    Number(metadata.truncateBefore ?? 0n),
    metadata.maxCount === undefined ? 0 : newest + 1 - metadata.maxCount,
  );

/** Events written at this instant (epoch ms) or before are too old to be shown. */
export const tooOldAt = (metadata: StreamMetadata, now: number): number =>
  metadata.maxAgeSeconds === undefined
    ? Number.NEGATIVE_INFINITY
    : now - metadata.maxAgeSeconds * MS_PER_SECOND;

/** Refuses metadata that means nothing: negative, fractional or empty limits. */
export const checkMetadata = (metadata: StreamMetadata): void => {
  const { maxAgeSeconds = 1, maxCount = 1, truncateBefore = 0n } = metadata;
  const whole = Number.isSafeInteger(maxAgeSeconds) && Number.isSafeInteger(maxCount);
  if (!whole || maxAgeSeconds < 1 || maxCount < 1 || truncateBefore < 0n)
    throw new RangeError('stream metadata takes whole limits of at least one');
};
