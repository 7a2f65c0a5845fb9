import type { Brand } from './ids.js';

/** RFC 3339, UTC, always with milliseconds: the only form in which time is written down. */
export type Instant = Brand<string, 'Instant'>;

/** The instant of `epochMs`, whole milliseconds since 1970. A RangeError outside Date's range. */
export const instant = (epochMs: number): Instant => new Date(epochMs).toISOString() as Instant;

/** Whole milliseconds since 1970. NaN when the text is no instant. */
export const epochMs = (at: Instant): number => Date.parse(at);

/** Reads an instant written by somebody else, in any offset; null when it is none. */
export const parseInstant = (text: string): Instant | null => {
  const ms = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? null : instant(ms);
};
