import { DELETED_STREAM, NO_STREAM } from './event.js';

/** What a writer expects of the stream. */
export type Expected = bigint | 'no-stream' | 'stream-exists' | 'any';

export type Judgement =
  | { readonly kind: 'append' }
  /** Everything is there already, the last of it at this revision. */
  | { readonly kind: 'repeat'; readonly revision: bigint }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'deleted' };

/** What the append meets, all at one instant. */
export type Met = {
  readonly current: bigint;
  readonly isSoftDeleted: boolean;
  readonly hasMetadata: boolean;
  /** The ids that stand from the expected revision on, where that is older than the newest. */
  readonly there: readonly string[];
  /** Where an id was written to this stream lately, or null. */
  readonly recent: (id: string) => bigint | null;
};

/** A client that names no revision is recognised by what was written lately. */
const judgeUnnumbered = (ids: readonly string[], met: Met): Judgement => {
  const [first, ...others] = ids.map(met.recent);
  if (first === undefined || first === null) return { kind: 'append' };
  const last = others.at(-1) ?? first;
  return others.includes(null) ? { kind: 'wrong' } : { kind: 'repeat', revision: last };
};

/**
 * Whether an append is new, a repeat of what stands, or too late, as EventStoreDB decides it. A
 * repeat that differs further on is too late, too.
 */
export const judge = (expected: Expected, ids: readonly string[], met: Met): Judgement => {
  const { current, isSoftDeleted } = met;
  if (current === DELETED_STREAM) return { kind: 'deleted' };
  if (expected === 'stream-exists' && isSoftDeleted) return { kind: 'deleted' };
  if (expected === 'stream-exists' && current === NO_STREAM && !met.hasMetadata)
    return { kind: 'wrong' };
  if (expected === 'any' || expected === 'stream-exists') return judgeUnnumbered(ids, met);
  const number = expected === 'no-stream' ? NO_STREAM : expected;
  if (number === current) return { kind: 'append' };
  if (number > current) return { kind: 'wrong' };
  if (ids.length > 0 && ids.every((id, index) => id === met.there[index]))
    return { kind: 'repeat', revision: number + BigInt(ids.length) };
  const isOther = ids.length > 0 && ids[0] !== met.there[0];
  return isOther && expected === 'no-stream' && isSoftDeleted
    ? { kind: 'append' }
    : { kind: 'wrong' };
};
