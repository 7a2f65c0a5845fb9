import type { ExpectedRevision, StreamDeletion } from './port.js';

/** What an append meets: the newest revision (−1 when there is no stream) and the ids that stand. */
export type Standing = {
  readonly current: number;
  readonly deletion: StreamDeletion | null;
  readonly idsFrom: (revision: number, count: number) => readonly string[];
};

/** A revision as a number, −1 for a stream that must not exist yet. */
export type ExpectedNumber = number | 'any';

export type Judgement =
  | { readonly kind: 'append' }
  | { readonly kind: 'repeat'; readonly revision: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'deleted' };

export const expectedNumber = (expected: ExpectedRevision): ExpectedNumber =>
  expected === 'any' ? expected : expected === 'no-stream' ? -1 : Number(expected);

/**
 * Decides whether an append is new, a repeat of what stands, or too late. Reads at most as many ids
 * as it was given, and none at all on the common path.
 */
export const judge = (
  expected: ExpectedNumber,
  ids: readonly string[],
  standing: Standing,
): Judgement => {
  const { current, deletion } = standing;
  if (deletion === 'tombstone') return { kind: 'deleted' };
  if (expected === current) return { kind: 'append' };
  if (expected !== 'any' && expected > current) return { kind: 'conflict' };
  const from = expected === 'any' ? current - ids.length + 1 : expected + 1;
  const there = standing.idsFrom(Math.max(from, 0), ids.length);
  if (there.length === ids.length && there.every((id, index) => id === ids[index]))
    return { kind: 'repeat', revision: from + ids.length - 1 };
  // Who begins again what was softly deleted has new ids.
  if (expected === -1 && deletion === 'soft' && there[0] !== ids[0]) return { kind: 'append' };
  const overlaps = there.some((id) => ids.includes(id));
  return expected === 'any' && !overlaps ? { kind: 'append' } : { kind: 'conflict' };
};
