import { comparePositions, type Position } from '#kernel';
import type { EventStore } from '#event-store';
import { readModel } from '#platform';
import {
  ViewsUnreadable,
  fingerprint,
  openViewsSnapshot,
  viewsFile,
  type ReadableViews,
} from '#view-store';
import { counted, plural } from '../progress.js';
import { ok, problem, skipped, type Finding } from './finding.js';

const check = 'views';
/** How far behind a running engine may be; more is not counted. */
const eventsBehindMax = 1_000;
const stoppedFirst = 'stop the engine and run casement rebuild';

type Store = Pick<EventStore, 'head' | 'readAll'>;

type Beside = {
  readonly isRunning: boolean;
  /** Null when the log does not open. */
  readonly store: Store | null;
};

/** Whether the views are those of this version, and how far they are behind the log. */
export const checkViews = async (
  place: Beside & { readonly dataDirectory: string },
): Promise<Finding> => {
  try {
    const views = await openViewsSnapshot(viewsFile(place.dataDirectory));
    if (views === null) return ok(check, 'none yet: the next start builds them');
    try {
      if (views.fingerprint === fingerprint(readModel))
        return await examineViews(views, { ...place, rebuildThem: stoppedFirst });
      const mend = `${stoppedFirst}, or start this version`;
      return problem(check, 'they are of another version', mend);
    } finally {
      await views.close();
    }
  } catch (error) {
    if (error instanceof ViewsUnreadable) return problem(check, error.message, stoppedFirst);
    throw error;
  }
};

type Moment = ReadableViews & { readonly position: Position | null };
type Place = Beside & { readonly rebuildThem: string };

/** The same of views of this version, wherever they are, as of one moment. */
export const examineViews = async (views: Moment, place: Place): Promise<Finding> => {
  const still = await rowsStandingStill(views);
  if (still > 0) {
    const detail = `${plural(still, 'row')} could not take a fact and stand still`;
    return problem(check, detail, 'report it: only a mended projection helps');
  }
  if (place.store === null) return skipped(check, 'of this version; the log must open to compare');
  return lag(views, place.store, place);
};

const rowsStandingStill = async (views: ReadableViews): Promise<number> => {
  const [row] = await views.query('SELECT count(*) AS count FROM parked_rows', []);
  return Number(row?.['count'] ?? 0);
};

/** The views were looked at first: an engine that goes on can only make the log longer. */
const lag = async (
  { position }: Moment,
  store: Store,
  { isRunning, rebuildThem }: Place,
): Promise<Finding> => {
  const head = await store.head();
  if (position !== null && (head === null || comparePositions(position, head) > 0))
    return problem(check, `they are at ${position}, beyond the end of the log`, rebuildThem);
  const behind = await countAfter(store, position);
  if (behind <= eventsBehindMax)
    return ok(check, `of this version, ${plural(behind, 'event')} behind the log`);
  const detail = `more than ${counted(eventsBehindMax)} events behind the log`;
  return isRunning
    ? problem(check, detail, 'read the engine’s log; restart it if they do not move')
    : ok(check, `${detail}: the next start catches up`);
};

const countAfter = async (store: Store, position: Position | null): Promise<number> => {
  const after = position === null ? {} : { after: position };
  const maxCount = eventsBehindMax + 1;
  let count = 0;
  for await (const _ of store.readAll({ direction: 'forwards', ...after, maxCount })) count += 1;
  return count;
};
