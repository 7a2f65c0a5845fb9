import type { Position } from '#kernel';
import type { BuildOptions, RebuildProgress, Review, TableComparison } from '#view-store';
import { plural, progressTo } from '../progress.js';
import type { Terminal } from '../verb.js';
import { described, firstOf } from './difference.js';
import { building, reportCompared } from './report.js';

/** How the views that were there compared with what the log gives. */
export type Reviewed = {
  readonly changed: readonly TableComparison[];
  readonly position: Position | null;
};

export type Rebuild = (
  options: Pick<BuildOptions, 'onProgress' | 'onParked'> & { readonly review: Review },
) => Promise<RebuildProgress>;

/**
 * Rebuilds beside live views, and reports how those differ. `swaps`: whether the fresh ones are to take
 * their place then. `reviewed` is null when there were no views of this version.
 */
export const reviewedRebuild = async (
  rebuild: Rebuild,
  terminal: Terminal,
  swaps: (reviewed: Reviewed) => boolean,
): Promise<{ readonly reviewed: Reviewed | null; readonly events: number }> => {
  const told = building(progressTo(terminal), terminal);
  const found: { reviewed: Reviewed | null } = { reviewed: null };
  const { events } = await rebuild({
    ...told,
    review: async ({ live, fresh, position }) => {
      told.tellParked();
      const changed = await reportCompared({ fresh, live }, terminal);
      found.reviewed = { changed, position };
      return swaps(found.reviewed);
    },
  });
  if (found.reviewed === null) told.tellParked();
  return { reviewed: found.reviewed, events };
};

export const rebuiltFrom = (events: number, reviewed: Reviewed | null): string =>
  `rebuilt from ${plural(events, 'event')}: ${comparedWith(reviewed)}`;

const comparedWith = (reviewed: Reviewed | null): string => {
  if (reviewed === null) return 'there was nothing to compare with';
  const first = firstOf(reviewed.changed);
  if (first === null) return 'the same as before, byte for byte';
  const tables = reviewed.changed.map(({ table }) => table).join(', ');
  return `MENDED, the old ones were wrong in ${tables}: ${described(first)}`;
};
