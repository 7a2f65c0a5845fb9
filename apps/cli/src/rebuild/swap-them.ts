import { readModel } from '#platform';
import {
  ViewsUnreadable,
  digest,
  fingerprint,
  openViewsSnapshot,
  rebuild,
  viewsFile,
  type ViewsDigest,
} from '#view-store';
import { plural, progressTo } from '../progress.js';
import type { LogBeside } from '../place/place.js';
import { exits, type Terminal } from '../verb.js';
import { logAsOf } from './log-as-of.js';
import { building, report, untilAborted } from './report.js';

type Before = { readonly position: string | null; readonly digests: ViewsDigest };

/** Rebuilds the views of a directory that we own, and says whether that changed anything. */
export const swapThem = async (
  directory: string,
  log: LogBeside,
  terminal: Terminal,
): Promise<number> => {
  const before = await asTheyWere(directory, terminal);
  const told = building(progressTo(terminal), terminal);
  const whole = logAsOf(log, await log.store.head(), terminal.interrupted);
  const { events } = await rebuild({ directory, readModel, log: whole, ...told });
  told.tellParked();
  const views = await openViewsSnapshot(viewsFile(directory));
  if (views === null) throw new Error('the views that were swapped in are gone');
  try {
    const after = { position: views.position, digests: await report(views, terminal) };
    terminal.out(`rebuilt from ${plural(events, 'event')}: ${compared(before, after)}`);
    return exits.done;
  } finally {
    await views.close();
  }
};

/** Null when they cannot be compared: none, damaged, or of another version. */
const asTheyWere = async (directory: string, terminal: Terminal): Promise<Before | null> => {
  try {
    const views = await openViewsSnapshot(viewsFile(directory));
    if (views === null) return null;
    try {
      if (views.fingerprint !== fingerprint(readModel)) return null;
      const digests = await digest(untilAborted(views, terminal.interrupted), readModel);
      return { position: views.position, digests };
    } finally {
      await views.close();
    }
  } catch (error) {
    if (error instanceof ViewsUnreadable) return null;
    throw error;
  }
};

const compared = (before: Before | null, after: Before): string => {
  if (before === null) return 'there was nothing to compare with';
  if (before.digests.overall === after.digests.overall) return 'the same as before, byte for byte';
  const tables = Object.keys(after.digests.tables).filter(
    (table) => before.digests.tables[table] !== after.digests.tables[table],
  );
  const from = before.position ?? 'the beginning';
  return before.position === after.position
    ? `MENDED, the old ones were wrong in ${tables.join(', ')}`
    : `moved on from ${from} in ${tables.join(', ')}`;
};
