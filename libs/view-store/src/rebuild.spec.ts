import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import type { EventLog } from '#event-store';
import { compare, digest } from './digest.js';
import { OtherFingerprint, ViewsInUse, ViewsUnreadable } from './database/errors.js';
import { rebuildFile, viewsFile } from './embedded/files.js';
import { openEmbeddedViews } from './embedded/open.js';
import { exists } from './embedded/swap.js';
import { EmbeddedViewStore } from './embedded/view-store.js';
import type { ReadModel, ViewStore } from './port.js';
import { Projector } from './projector.js';
import type { RebuildProgress } from './builder.js';
import { rebuild } from './rebuild.js';
import {
  nobody,
  notesProjection,
  poison,
  sampleHistory,
  sampleLog,
  sampleReadModel,
} from './spec/sample-history.js';
import { withDirectory } from './spec/temporary-directory.js';

const readModel = sampleReadModel;
const onParked = () => undefined;
const onProgress = () => undefined;
const raised: ReadModel = { projections: [{ ...notesProjection, version: 2 }] };

const withOpen = async <T>(
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

const projected = (log: EventLog, directory: string): Promise<void> =>
  withOpen(directory, async (views) => {
    const onFault = (error: unknown) => expect(error).toBeUndefined();
    const projector = new Projector({ log, views, readModel, onParked, onFault });
    projector.start();
    await projector.caughtUp();
    await projector.stop();
  });

const longLog = async (): Promise<EventLog> => {
  const { log, record } = sampleLog();
  await record(sampleHistory(5_000, 300));
  await record([
    { stream: 'note-5', fact: { type: 'NoteWritten', data: { author: 'a', text: poison } } },
    { stream: 'note-5', fact: { type: 'NoteLiked', data: { by: nobody } } },
    { stream: 'other-1', fact: { type: 'NoteRemoved', data: {} } },
  ]);
  return log;
};

describe('a rebuild', () => {
  it('P15: gives what was projected live, byte for byte, at the same position', () =>
    withDirectory((liveDirectory) =>
      withDirectory(async (directory) => {
        const log = await longLog();
        await projected(log, liveDirectory);
        const progress: RebuildProgress[] = [];
        await rebuild({ log, readModel, directory, onParked, onProgress: (p) => progress.push(p) });
        await withOpen(liveDirectory, (live) =>
          withOpen(directory, async (rebuilt) => {
            expect(await compare(live.all, rebuilt.all, readModel)).toBeNull();
            expect(await digest(rebuilt.all, readModel)).toEqual(await digest(live.all, readModel));
            expect(rebuilt.position()).toBe(live.position());
            expect(rebuilt.position()).toBe(await log.head());
            const parked = await rebuilt.all.query('SELECT id FROM parked_rows', []);
            expect(parked).toHaveLength(2);
            const plan = 'SELECT name FROM sqlite_schema WHERE name = ?';
            expect(await rebuilt.all.query(plan, ['notes_index_0'])).toHaveLength(1);
          }),
        );
        expect(progress.map(({ events }) => events)).toEqual([2_000, 4_000, 5_002]);
        expect(await exists(rebuildFile(directory))).toBe(false);
      }),
    ));

  it('replaces what stood there, and the projector goes on from it', () =>
    withDirectory(async (directory) => {
      const { log, record } = sampleLog();
      await record(sampleHistory(50, 10));
      await projected(log, directory);
      await withOpen(directory, async (views) => {
        const after = views.position();
        if (after === null) throw new Error('nothing was projected');
        const damage = [{ table: 'notes', key: 'note-1', row: undefined }];
        await views.commit({ after, position: after, changes: damage });
      });
      await rebuild({ log, readModel, directory, onParked, onProgress });
      await record(sampleHistory(50, 10));
      await projected(log, directory);
      const before = await withOpen(directory, (views) => digest(views.all, readModel));
      await rebuild({ log, readModel, directory, onParked, onProgress });
      expect(await withOpen(directory, (views) => digest(views.all, readModel))).toEqual(before);
    }));

  it('of an empty log gives views that begin at the beginning', () =>
    withDirectory(async (directory) => {
      const { log, record } = sampleLog();
      await rebuild({ log, readModel, directory, onParked, onProgress });
      await withOpen(directory, async (views) => expect(views.position()).toBeNull());
      await record(sampleHistory(5, 2));
      await projected(log, directory);
      await withOpen(directory, async (views) => expect(views.position()).toBe(await log.head()));
    }));

  it('leaves views alone that somebody has open', () =>
    withDirectory(async (directory) => {
      const { log, record } = sampleLog();
      await record(sampleHistory(20, 5));
      await projected(log, directory);
      await withOpen(directory, async (views) => {
        const before = await digest(views.all, readModel);
        const attempt = rebuild({ log, readModel, directory, onParked, onProgress });
        await expect(attempt).rejects.toThrow(ViewsInUse);
        expect(await digest(views.all, readModel)).toEqual(before);
        expect(await exists(rebuildFile(directory))).toBe(false);
      });
    }));

  it('that fails leaves the old views as they were', () =>
    withDirectory(async (directory) => {
      const { log, record } = sampleLog();
      await record(sampleHistory(20, 5));
      await projected(log, directory);
      const before = await withOpen(directory, (views) => digest(views.all, readModel));
      const failing: EventLog = {
        ...log,
        readAll: async function* (options) {
          yield* log.readAll({ ...options, maxCount: 10 });
          throw new Error('the line is down');
        },
      };
      const attempt = rebuild({ log: failing, readModel, directory, onParked, onProgress });
      await expect(attempt).rejects.toThrow('the line is down');
      expect(await withOpen(directory, (views) => digest(views.all, readModel))).toEqual(before);
    }));
});

describe('opening', () => {
  it('rebuilds views of another read model before it serves them', () =>
    withDirectory(async (directory) => {
      const { log, record } = sampleLog();
      await record(sampleHistory(30, 5));
      await projected(log, directory);
      const without = openEmbeddedViews({ directory, readModel: raised });
      await expect(without).rejects.toThrow(OtherFingerprint);
      const progress: RebuildProgress[] = [];
      const rebuildFrom = { log, onParked, onProgress: (p: RebuildProgress) => progress.push(p) };
      const opened = await openEmbeddedViews({ directory, readModel: raised, rebuildFrom });
      expect(opened.views.position()).toBe(await log.head());
      expect(progress.map(({ events }) => events)).toEqual([30]);
      await opened.close();
      const again = await openEmbeddedViews({ directory, readModel: raised, rebuildFrom });
      expect(progress).toHaveLength(1);
      await again.close();
    }));

  it('rebuilds views that are damaged', () =>
    withDirectory(async (directory) => {
      const { log, record } = sampleLog();
      await record(sampleHistory(30, 5));
      await writeFile(viewsFile(directory), 'this is no database, whatever its name may say');
      const without = openEmbeddedViews({ directory, readModel });
      await expect(without).rejects.toThrow(ViewsUnreadable);
      const rebuildFrom = { log, onParked, onProgress };
      const opened = await openEmbeddedViews({ directory, readModel, rebuildFrom });
      expect(opened.views.position()).toBe(await log.head());
      await opened.close();
    }));
});

describe('a comparison', () => {
  const at = { table: 'likers', key: 'bob', row: { liker: 'bob', likes: 1 } };
  const row = (liker: string) => ({ table: 'likers', key: liker, row: { liker, likes: 1 } });
  const differences = [
    { says: 'a changed row', change: { ...at, row: { liker: 'bob', likes: 2 } }, key: 'bob' },
    { says: 'a missing row', change: { ...at, row: undefined }, key: 'bob' },
    { says: 'a row more behind', change: row('zoe'), key: 'zoe' },
    { says: 'a row more before', change: row('abe'), key: 'abe' },
  ];

  it('names the first row that is changed, missing or more', () =>
    withDirectory((first) =>
      withDirectory(async (second) => {
        const { log, record } = sampleLog();
        await record([{ stream: 'note-1', fact: { type: 'NoteLiked', data: { by: 'bob' } } }]);
        await projected(log, first);
        await projected(log, second);
        await withOpen(first, (a) =>
          withOpen(second, async (b) => {
            const position = b.position();
            if (position === null) throw new Error('nothing was projected');
            const digestA = await digest(a.all, readModel);
            for (const { says, change, key } of differences) {
              await b.commit({ after: position, position, changes: [change] });
              const difference = await compare(a.all, b.all, readModel);
              expect({ says, ...difference }).toMatchObject({ says, table: 'likers', key });
              const digestB = await digest(b.all, readModel);
              expect(digestA.overall).not.toBe(digestB.overall);
              expect(digestA.tables['notes']).toBe(digestB.tables['notes']);
              const undo = key === 'bob' ? at : { ...change, row: undefined };
              await b.commit({ after: position, position, changes: [undo] });
              expect(await compare(a.all, b.all, readModel)).toBeNull();
            }
          }),
        );
      }),
    ));
});
