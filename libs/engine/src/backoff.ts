import type { Chance } from './ports.js';

export type Backoff = { readonly firstMs: number; readonly maxMs: number };

/**
 * How long to wait before the `attempt`-th repetition (from 1): doubled each time up to a cap, and
 * then between half and the whole of that, so that those who failed together do not return together.
 */
export const backoffMs = (attempt: number, { firstMs, maxMs }: Backoff, chance: Chance): number => {
  const wholeMs = Math.min(firstMs * 2 ** (attempt - 1), maxMs);
  return wholeMs / 2 + (wholeMs / 2) * chance.fraction();
};
