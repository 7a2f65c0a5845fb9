import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type PostgresServer } from '../../../../test/postgres/index.js';
import type { Position } from '#kernel';
import { compare } from '../digest.js';
import {
  CheckpointMoved,
  ViewQueryFailed,
  ViewStoreUnavailable,
  type ReadModel,
  type ViewStore,
} from '../port.js';
import {
  notesProjection,
  sampleHistory,
  sampleLog,
  sampleReadModel,
} from '../spec/sample-history.js';
import { expectSame, expectWhole, projecting } from '../spec/projecting.js';
import { withDirectory } from '../spec/temporary-directory.js';
import { openPostgresViews, type PostgresViews } from './open.js';

const readModel = sampleReadModel;
const onParked = () => undefined;
const onProgress = () => undefined;

describe('views on PostgreSQL', () => {
  let server: PostgresServer;
  const opened: PostgresViews[] = [];
  const open = async (url: string, model: ReadModel = readModel): Promise<ViewStore> => {
    const views = await openPostgresViews({ url, readModel: model });
    opened.push(views);
    return views.views;
  };

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    await Promise.all(opened.map(({ close }) => close()));
    await server?.stop();
  });

  it('hold after the same history the same rows as on SQLite', () =>
    withDirectory(async (directory) => {
      const { log, record } = sampleLog();
      await record(sampleHistory(4_000, 300));
      const views = await open(await server.createDatabase());
      const { projector, faults } = projecting(log, views);
      await expectSame(log, views, directory);
      await projector.stop();
      expect(faults).toEqual([]);
    }));

  it('tell another process at once what one has projected', async () => {
    const url = await server.createDatabase();
    const [here, there] = [await open(url), await open(url)];
    const { log, record } = sampleLog();
    const { projector } = projecting(log, here);
    for (const fact of sampleHistory(20, 3)) {
      await record([fact]);
      const head = await log.head();
      if (head === null) throw new Error('the log is empty');
      // Sooner than whoever is not told would look.
      expect(await there.reached(head, 900)).toBe(true);
      expect(there.position()).toBe(head);
    }
    await projector.stop();
  });

  it('are projected once by two processes at the same time', () =>
    withDirectory(async (directory) => {
      const url = await server.createDatabase();
      const stores = [await open(url), await open(url)];
      const { log, record } = sampleLog();
      const running = stores.map((views) => projecting(log, views));
      await record(sampleHistory(2_000, 50));
      for (const views of stores) await expectWhole(log, views);
      await Promise.all(running.map(({ projector }) => projector.stop()));
      for (const { faults } of running)
        for (const fault of faults) expect(fault).toBeInstanceOf(CheckpointMoved);

      for (const views of stores.slice(0, 1)) await expectSame(log, views, directory);
    }));

  it('are moved on from one place by one of two who try at once', async () => {
    const url = await server.createDatabase();
    const stores = [await open(url), await open(url)];
    let at: Position | null = null;
    for (let round = 1; round <= 30; round += 1) {
      const after: Position | null = at;
      const tried: readonly PromiseSettledResult<Position>[] = await Promise.allSettled(
        stores.map(async (views, number) => {
          const position = String(10 * round + number).padStart(16, '0') as Position;
          await views.commit({ after, position, changes: [] });
          return position;
        }),
      );
      const done = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(done).toHaveLength(1);
      at = done[0] ?? null;
    }
  });

  it('of another version stand beside them', async () => {
    const url = await server.createDatabase();
    const raised: ReadModel = { projections: [{ ...notesProjection, version: 2 }] };
    const [old, fresh] = [await open(url), await open(url, raised)];
    const { log, record } = sampleLog();
    await record(sampleHistory(50, 5));
    const { projector } = projecting(log, old);
    await projector.caughtUp();
    await projector.stop();
    expect(old.position()).toBe(await log.head());
    expect(fresh.position()).toBeNull();
    expect(await fresh.all.query('SELECT note FROM notes', [])).toEqual([]);
  });

  it('go on by themselves after the server was gone', async () => {
    const url = await server.createDatabase();
    const views = await open(url);
    const { log, record } = sampleLog();
    const { projector, faults } = projecting(log, views);
    await record(sampleHistory(100, 5));
    await projector.caughtUp();
    await server.halt();
    await expect(views.all.query('SELECT note FROM notes', [])).rejects.toThrow(
      ViewStoreUnavailable,
    );
    await record(sampleHistory(100, 5));
    await server.resume();
    await expectWhole(log, views);
    await server.terminateConnections();
    await record(sampleHistory(10, 5));
    await expectWhole(log, views);
    await projector.stop();
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toBeInstanceOf(ViewStoreUnavailable);
  });

  it('are projected again from where a crash of the server has put them back', () =>
    withDirectory(async (directory) => {
      const url = await server.createDatabase();
      const views = await open(url);
      const { log, record } = sampleLog();
      const { projector } = projecting(log, views);
      await record(sampleHistory(100, 5));
      await projector.caughtUp();
      await server.checkpoint();
      for (let lost = 0; lost < 20; lost += 1) {
        await record(sampleHistory(10, 5));
        await expectWhole(log, views);
      }
      await server.restart('at once');
      await record(sampleHistory(10, 5));
      await expectSame(log, views, directory);
      await projector.stop();
    }));

  it('are asked by one query that changes nothing and has an end', async () => {
    const views = await open(await server.createDatabase());
    const ask = (sql: string) => views.all.query(sql, []);
    for (const sql of [
      'DELETE FROM notes',
      'WITH gone AS (DELETE FROM notes RETURNING note) SELECT * FROM gone',
      'SELECT 1; DELETE FROM notes',
      `SELECT nextval('x')`,
      'SELECT nothing FROM notes',
      'SELECT * FROM generate_series(1, 20000)',
    ])
      await expect(ask(sql)).rejects.toThrow(ViewQueryFailed);
    expect(await ask('-- one\nSELECT 1 AS one, NULL AS two')).toEqual([{ one: 1, two: null }]);
    const byText = "SELECT 1 AS one WHERE 'ab' = ?";
    expect(await views.all.query(byText, ['ab'])).toEqual([{ one: 1 }]);
    expect(await views.all.query(byText, ['a\0b'])).toEqual([]);
  });

  it('are built once by whoever comes first, and waited for by the others', async () => {
    const url = await server.createDatabase();
    const { log, record } = sampleLog();
    await record(sampleHistory(3_000, 100));
    let waited = 0;
    let built = 0;
    const rebuildFrom = {
      log,
      onParked,
      onProgress: () => void (built += 1),
      onWaiting: () => void (waited += 1),
    };
    const all = await Promise.all(
      [1, 2, 3].map(() => openPostgresViews({ url, readModel, rebuildFrom })),
    );
    opened.push(...all);
    expect(waited).toBe(2);
    expect(built).toBe(2);
    for (const { views } of all) expect(views.position()).toBe(await log.head());
    const [one] = all;
    const { log: empty } = sampleLog();
    const again = { log: empty, onParked, onProgress };
    const later = await openPostgresViews({ url, readModel, rebuildFrom: again });
    opened.push(later);
    expect(one && (await compare(later.views.all, one.views.all, readModel))).toBeNull();
  });

  it('an interrupted build leaves nothing that is taken for whole', async () => {
    const url = await server.createDatabase();
    const { log, record } = sampleLog();
    await record(sampleHistory(3_000, 100));
    const failing = (): void => {
      throw new Error('interrupted');
    };
    const broken = { log, onParked, onProgress: failing };
    await expect(openPostgresViews({ url, readModel, rebuildFrom: broken })).rejects.toThrow(
      'interrupted',
    );
    const views = await openPostgresViews({
      url,
      readModel,
      rebuildFrom: { log, onParked, onProgress },
    });
    opened.push(views);
    expect(views.views.position()).toBe(await log.head());
  });
});
