import type { DomainEvent, Recorded } from '#kernel';
import type { History } from '#engine';
import type { FeedRow } from './feed.projection.js';

/** The facts that the rows of the feed name, in their order. */
export const factsOf = async <Event extends DomainEvent>(
  history: History<Event>,
  rows: readonly FeedRow[],
): Promise<readonly Recorded<Event>[]> => {
  const places = rows.map(({ stream, revision }) => ({ stream, revision: BigInt(revision) }));
  return (await history.all(places)).map((recorded) => {
    if (!recorded) throw new Error('the feed names a fact that the log does not have');
    return recorded;
  });
};
