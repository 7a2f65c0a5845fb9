import { describe, expect, it } from '@jest/globals';
import type { Position, Recorded } from '#kernel';
import { canonicalJson } from './canonical-json.js';
import { digest, type ViewsDigest } from './digest.js';
import { openEmbeddedViews } from './embedded/open.js';
import { Fold } from './fold.js';
import type { ViewStore } from './port.js';
import { rebuild } from './rebuild.js';
import { runChild } from './spec/child.js';
import { keptLength, keptLog, keptNotes } from './spec/kept-log.js';
import { sampleLog, sampleHistory, sampleReadModel } from './spec/sample-history.js';
import { withDirectory } from './spec/temporary-directory.js';

const readModel = sampleReadModel;
const kills = 12;
const attemptsMax = 48;
const timeoutMs = 180_000;
const onParked = () => undefined;
const onProgress = () => undefined;

const withViews = async <T>(
  directory: string,
  work: (views: ViewStore) => Promise<T>,
): Promise<T> => {
  const { views, close } = await openEmbeddedViews({ directory, readModel });
  try {
    return await work(views);
  } finally {
    await close();
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
  for (const table of ['notes', 'authors', 'likers', 'parked_rows'])
    for (const row of await views.query(`SELECT * FROM ${table}`, []))
      rows.push(canonicalJson({ table, row }));
  return new Set(rows);
};

describe('a projecting process that is killed', () => {
  it(
    'P16: leaves rows and checkpoint of one moment, and another goes on from there',
    async () => {
      const log = await keptLog(keptLength, keptNotes);
      const events: Recorded[] = [];
      for await (const event of log.readAll({ direction: 'forwards' })) events.push(event);
      let killed = 0;
      for (let attempt = 0; killed < kills; attempt += 1) {
        expect(attempt).toBeLessThan(attemptsMax);
        await withDirectory(async (directory) => {
          const first = await runChild('projecting-child.js', directory, (attempt * 13) % 110);
          await withViews(directory, async (views) => {
            const expected = await expectedRows(events, views.position());
            expect(await storedRows(views)).toEqual(expected);
          });
          if (!first.killed) return;
          killed += 1;
          // To the end only twice: what matters is the state that was found.
          if (killed % 6 !== 0) return;
          expect((await runChild('projecting-child.js', directory, null)).said).toMatch('done');
          await withViews(directory, async (views) => {
            expect(views.position()).toBe(await log.head());
            expect(await storedRows(views)).toEqual(await expectedRows(events, await log.head()));
          });
        });
      }
    },
    timeoutMs,
  );
});

describe('a rebuild that is killed', () => {
  it(
    'P15: leaves the old views whole or the new ones whole, and can be done again',
    () =>
      withDirectory(async (directory) => {
        const rebuilt = async (log: Parameters<typeof rebuild>[0]['log']) => {
          await rebuild({ log, readModel, directory, onParked, onProgress });
          return withViews(directory, (views) => digest(views, readModel));
        };
        const { log: oldLog, record } = sampleLog();
        await record(sampleHistory(100, 10));
        const newLog = await keptLog(keptLength, keptNotes);
        const newViews = await rebuilt(newLog);
        const oldViews = await rebuilt(oldLog);
        const ends: ViewsDigest[] = [];
        let killed = 0;
        for (let attempt = 0; killed < kills; attempt += 1) {
          expect(attempt).toBeLessThan(attemptsMax);
          const end = await runChild('rebuilding-child.js', directory, (attempt * 29) % 420);
          if (end.killed) killed += 1;
          const found = await withViews(directory, (views) => digest(views, readModel));
          expect(end.killed ? [oldViews, newViews] : [newViews]).toContainEqual(found);
          ends.push(found);
          if (found.overall !== oldViews.overall) await rebuilt(oldLog);
        }
        expect(ends).toContainEqual(oldViews);
        expect((await runChild('rebuilding-child.js', directory, null)).said).toMatch('done');
        expect(await withViews(directory, (views) => digest(views, readModel))).toEqual(newViews);
      }),
    timeoutMs,
  );
});
