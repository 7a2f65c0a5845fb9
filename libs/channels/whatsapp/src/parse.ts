import type { Json } from '#kernel';

/** Numbers too large for a double, spelt out or with an exponent: only these become infinite. */
const MAYBE_INFINITE = /[0-9][eE]\+?[0-9]{3}|[0-9]{309}/;

const finite = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** JSON in which every number is finite: the log takes no other. Throws when it is no JSON. */
export const parseFinite = (text: string): Json => {
  const parsed: unknown = MAYBE_INFINITE.test(text) ? JSON.parse(text, finite) : JSON.parse(text);
  return parsed as Json;
};
