import type { Position } from '#kernel';

const DIGITS = 16;

/** The position of the event `ordinal` (from 1), zero-padded hex so that string order is log order. */
export const positionOf = (ordinal: number): Position =>
  ordinal.toString(16).padStart(DIGITS, '0') as Position;

/**
 * A position that somebody read somewhere, or null when the text is of neither form: 16 digits in the
 * embedded log, 32 in EventStoreDB.
 */
export const parsePosition = (text: string): Position | null =>
  /^(?:[0-9a-f]{16}){1,2}$/.test(text) ? (text as Position) : null;

/** The ordinal of a position; 0 for null, which stands before everything. Throws on foreign text. */
export const ordinalOf = (position: Position | null): number => {
  if (position === null) return 0;
  const ordinal = /^[0-9a-f]{16}$/.test(position) ? Number.parseInt(position, 16) : NaN;
  if (!Number.isSafeInteger(ordinal)) throw new TypeError('this is not a position of this log');
  return ordinal;
};
