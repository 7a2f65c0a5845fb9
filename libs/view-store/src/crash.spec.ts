import { describe, expect, it } from '@jest/globals';
import type { Position, Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { canonicalJson } from './canonical-json.js';
import { digest } from './digest.js';
import { viewsFile } from './embedded/files.js';
import { EmbeddedViewStore } from './embedded/view-store.js';
import { Fold } from './fold.js';
import type { ViewStore } from './port.js';
import { rebuild } from './rebuild.js';
import { runChild, type Kill } from './spec/child.js';
import { keptLength, keptLog, keptNotes } from './spec/kept-log.js';
import { sampleLog, sampleHistory, sampleReadModel } from './spec/sample-history.js';
import { withDirectory } from './spec/temporary-directory.js';

const readModel = sampleReadModel;
const projectionKills = 12;
const timeoutMs = 180_000;
const onParked = () => undefined;
const onProgress = () => undefined;

const withViews = async <T>(
  directory: string,
  work: (views: ViewStore) => Promise<T>,
): Promise<T> => {
  const file = viewsFile(directory);
  const views = await EmbeddedViewStore.open({ file, readModel, mode: 'live' });
  try {
    return await work(views);
  } finally {
    await views.close();
  }
};

/** The rows that the log's facts up to a position make, folded in memory alone. */
const expectedRows = async (
  events: readonly Recorded[],
  position: Position | null,
): Promise<ReadonlySet<string>> => {
  const read = () => Promise.reject(new Error('everything is known'));
  const fold = new Fold({ readModel, read, onParked, startsEmpty: true });
  await fold.apply(events.filter((event) => position !== null && event.position <= position));
  const rows = fold.changes().filter(({ row }) => row !== undefined);
  return new Set(rows.map(({ table, row }) => canonicalJson({ table, row })));
};

const storedRows = async (views: ViewStore): Promise<ReadonlySet<string>> => {
  const rows: string[] = [];
  for (const table of ['notes', 'authors', 'likers', 'journal', 'parked_rows'])
    for (const row of await views.all.query(`SELECT * FROM ${table}`, []))
      rows.push(canonicalJson({ table, row }));
  return new Set(rows);
};

describe('a projecting process that is killed', () => {
  it(
    'P16: leaves rows and checkpoint of one moment, and another goes on from there',
    async () => {
      const log = await keptLog(keptLength, keptNotes);
      const head = await log.head();
      const events: Recorded[] = [];
      for await (const event of log.readAll({ direction: 'forwards' })) events.push(event);
      for (let kill = 1; kill <= projectionKills; kill += 1)
        await withDirectory(async (directory) => {
          const at = { lines: 2 + (kill % 6), delayMs: kill % 3 };
          const { killed } = await runChild('projecting-child.js', directory, at);
          expect(killed).toBe(true);
          await withViews(directory, async (views) => {
            expect(views.position()).not.toBeNull();
            expect(views.position()).not.toBe(head);
            expect(await storedRows(views)).toEqual(await expectedRows(events, views.position()));
          });
          // To the end only once: what matters is the state that was found.
          if (kill !== projectionKills) return;
          expect((await runChild('projecting-child.js', directory, null)).said).toMatch('done');
          await withViews(directory, async (views) => {
            expect(views.position()).toBe(head);
            expect(await storedRows(views)).toEqual(await expectedRows(events, head));
          });
        });
    },
    timeoutMs,
  );
});

/** Said by the child: begun, three chunks of events, done. Four lines: indexes, then the swap. */
const rebuildKills: readonly Kill[] = [
  { lines: 1, delayMs: 5 },
  { lines: 2, delayMs: 0 },
  { lines: 3, delayMs: 3 },
  ...[0, 12, 40].map((delayMs) => ({ lines: 4, delayMs })),
];

describe('a rebuild that is killed', () => {
  it(
    'P15: leaves the old views whole or the new ones whole, and can be done again',
    () =>
      withDirectory(async (directory) => {
        const shown = () => withViews(directory, (views) => digest(views.all, readModel));
        const rebuilt = async (log: EventLog) => {
          await rebuild({ log, readModel, directory, onParked, onProgress });
          return shown();
        };
        const { log: oldLog, record } = sampleLog();
        await record(sampleHistory(100, 10));
        const newViews = await rebuilt(await keptLog(keptLength, keptNotes));
        const oldViews = await rebuilt(oldLog);
        const found: unknown[] = [];
        for (const kill of rebuildKills) {
          await runChild('rebuilding-child.js', directory, kill);
          const views = await shown();
          expect([oldViews, newViews]).toContainEqual(views);
          found.push(views);
          if (views.overall !== oldViews.overall) await rebuilt(oldLog);
        }
        expect(found.slice(0, 3)).toEqual([oldViews, oldViews, oldViews]);
        expect((await runChild('rebuilding-child.js', directory, null)).said).toMatch('done');
        expect(await shown()).toEqual(newViews);
      }),
    timeoutMs,
  );
});
