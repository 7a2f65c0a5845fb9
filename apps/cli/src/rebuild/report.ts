import { readModel } from '#platform';
import {
  compareAll,
  digest,
  type ReadableViews,
  type TableComparison,
  type ViewsDigest,
} from '#view-store';
import { counted, plural } from '../progress.js';
import type { Terminal } from '../verb.js';

/** The views that can be asked until the signal aborts: then the next query throws. */
export const untilAborted = (views: ReadableViews, signal: AbortSignal): ReadableViews => ({
  query: (sql, parameters) => {
    signal.throwIfAborted();
    return views.query(sql, parameters);
  },
});

/** Prints each table with its rows and digest, and the digest of all. */
export const report = async (
  views: ReadableViews,
  { out }: Pick<Terminal, 'out'>,
): Promise<ViewsDigest> => {
  const digests = await digest(views, readModel);
  const rows = new Map<string, number>();
  for (const table of Object.keys(digests.tables)) rows.set(table, await rowsOf(views, table));
  print(digests, rows, out);
  return digests;
};

/** The name is one of our own tables, never something that was typed. */
const rowsOf = async (views: ReadableViews, table: string): Promise<number> => {
  const [row] = await views.query(`SELECT count(*) AS count FROM "${table}"`, []);
  return Number(row?.['count'] ?? 0);
};

export type FreshAndLive = { readonly fresh: ReadableViews; readonly live: ReadableViews };

/** Reports fresh views, and how live ones of the same position differ, table by table. */
export const reportCompared = async (
  { fresh, live }: FreshAndLive,
  { out, interrupted }: Pick<Terminal, 'out' | 'interrupted'>,
): Promise<readonly TableComparison[]> => {
  const { digests, tables } = await compareAll(untilAborted(fresh, interrupted), live, readModel);
  print(digests.a, new Map(tables.map(({ table, rows }) => [table, rows.a])), out);
  const changed = tables.filter(({ differing }) => differing > 0);
  for (const { table, rows, differing } of changed) {
    const had = rows.a === rows.b ? '' : `; there are ${counted(rows.b)}, not ${counted(rows.a)}`;
    out(`${table}: ${plural(differing, 'row')} not as the log gives them${had}`);
  }
  return changed;
};

const print = (
  digests: ViewsDigest,
  rows: ReadonlyMap<string, number>,
  out: Terminal['out'],
): void => {
  const width = Math.max(...[...rows.keys()].map((table) => table.length));
  for (const [table, count] of rows)
    out(`${table.padEnd(width)} ${counted(count).padStart(12)}  ${digests.tables[table]}`);
  out(`${'all'.padEnd(width)} ${''.padStart(12)}  ${digests.overall}`);
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
