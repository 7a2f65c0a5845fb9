import { readModel } from '#platform';
import { digest, type ReadableViews, type ViewsDigest, type ViewsSnapshot } from '#view-store';
import { counted, plural } from '../progress.js';
import type { Terminal } from '../verb.js';

const digestWidth = 64;

/** The views that can be asked until the signal aborts: then the next query throws. */
export const untilAborted = (views: ReadableViews, signal: AbortSignal): ReadableViews => ({
  query: (sql, parameters) => {
    signal.throwIfAborted();
    return views.query(sql, parameters);
  },
});

/** Prints each table with its rows and digest, and the digest of all. */
export const report = async (views: ViewsSnapshot, { out }: Terminal): Promise<ViewsDigest> => {
  const digests = await digest(views, readModel);
  const tables = Object.keys(digests.tables);
  const width = Math.max(...tables.map((table) => table.length));
  for (const table of tables) {
    const rows = counted(await rowsOf(views, table)).padStart(12);
    out(`${table.padEnd(width)} ${rows}  ${digests.tables[table]?.padEnd(digestWidth)}`);
  }
  out(`${'all'.padEnd(width)} ${''.padStart(12)}  ${digests.overall}`);
  return digests;
};

/** The name is one of our own tables, never something that was typed. */
const rowsOf = async (views: ReadableViews, table: string): Promise<number> => {
  const [row] = await views.query(`SELECT count(*) AS count FROM "${table}"`, []);
  return Number(row?.['count'] ?? 0);
};

/** What building tells on its way, and what it could not take. */
export const building = (progress: (line: () => string) => void, { tell }: Terminal) => {
  let parked = 0;
  return {
    onProgress: ({ events }: { readonly events: number }) =>
      progress(() => `${plural(events, 'event')} folded`),
    onParked: () => {
      parked += 1;
    },
    tellParked: () => {
      if (parked > 0) tell(`${plural(parked, 'row')} could not take a fact and stand still`);
    },
  };
};
