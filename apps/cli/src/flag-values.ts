import { parseInstant, type Instant } from '#kernel';
import { UsageError, type Flags } from './verb.js';

/** What was typed for a flag, or null when it was not. Throws UsageError when nothing follows it. */
export const textOf = (flags: Flags, name: string): string | null => {
  const value = flags[name];
  if (typeof value !== 'string') return null;
  if (value === '') throw new UsageError(`--${name} is given nothing`);
  return value;
};

/** A whole number from 1 to `max`, or null when none was typed. */
export const countOf = (flags: Flags, name: string, max: number): number | null => {
  const text = textOf(flags, name);
  if (text === null) return null;
  const count = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > max)
    throw new UsageError(`--${name} takes a whole number from 1 to ${max}`);
  return count;
};

/** An instant in any offset, or null when none was typed. */
export const instantOf = (flags: Flags, name: string): Instant | null => {
  const text = textOf(flags, name);
  const at = text === null ? null : parseInstant(text);
  if (text !== null && at === null)
    throw new UsageError(`--${name} takes an instant, such as 2026-11-20T12:00:00Z`);
  return at;
};
