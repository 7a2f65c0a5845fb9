import type { Position } from '#kernel';

/** Stored positions were positions of the log when they were written. */
export const positionFrom = (stored: string): Position => stored as Position;

export const asPosition = (stored: string | null): Position | null =>
  stored === null ? null : positionFrom(stored);
