import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '../../../../test/postgres/index.js';
import { compare, type ViewsDifference } from '../digest.js';
import { CheckpointMoved } from '../port.js';
import { fingerprint } from '../read-model.js';
import { sampleHistory, sampleLog, sampleReadModel } from '../spec/sample-history.js';
import { expectSame, expectWhole, projecting } from '../spec/projecting.js';
import { withDirectory } from '../spec/temporary-directory.js';
import { openPostgresViews } from './open.js';
import { rebuildPostgresViews } from './rebuild.js';
import { schemasOf } from './schemas.js';

const readModel = sampleReadModel;
const { live } = schemasOf(fingerprint(readModel));
const onParked = () => undefined;
const onProgress = () => undefined;

describe('a rebuild on PostgreSQL', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  const damage = async (url: string, sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server.asSuperuser(url) });
    await client.connect();
    await client.query(`SET search_path = ${live}`);
    await client.query(sql);
    await client.end();
  };

  it('takes the place of views that are projected and polled on, which never go back', () =>
    withDirectory(async (directory) => {
      const url = await server.createDatabase();
      const [here, there] = [
        await openPostgresViews({ url, readModel }),
        await openPostgresViews({ url, readModel }),
      ];
      const { log, record } = sampleLog();
      await record(sampleHistory(3_000, 100));
      const first = projecting(log, here.views);
      await first.projector.caughtUp();
      await first.projector.stop();
      await damage(url, `UPDATE authors SET notes = notes + 1000`);
      // Keeps in memory what it has read, which is wrong, and must forget it.
      const { projector, faults } = projecting(log, here.views);
      await record(sampleHistory(200, 5));
      await projector.caughtUp();

      const over = new AbortController();
      const writing = (async () => {
        for (const fact of sampleHistory(100_000, 20)) {
          if (over.signal.aborted) return;
          await record([fact]);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const seen: string[] = [];
      const polling = (async () => {
        while (!over.signal.aborted) {
          const told = there.views.position();
          const sql = 'SELECT position, (SELECT count(*) FROM journal) AS facts FROM checkpoint';
          const [row] = await there.views.all.query(sql, []);
          expect(String(row?.['position']) >= String(told)).toBe(true);
          seen.push(`${String(row?.['position'])} ${String(row?.['facts']).padStart(12, '0')}`);
        }
      })();
      const { swapped, events } = await rebuildPostgresViews({
        url,
        readModel,
        log,
        onParked,
        onProgress,
      });
      over.abort();
      await Promise.all([writing, polling]);

      expect(swapped).toBe(true);
      expect(events).toBeGreaterThanOrEqual(3_200);
      expect(seen).toEqual(seen.toSorted());
      expect(new Set(seen).size).toBeGreaterThan(3);
      await record(sampleHistory(300, 5));
      await expectSame(log, here.views, directory);
      await expectSame(log, there.views, directory);
      await projector.stop();
      expect(faults.length).toBeLessThanOrEqual(2);
      await Promise.all([here.close(), there.close()]);
    }));

  it('is noticed by a projector that had nothing to do meanwhile, and holds old rows', () =>
    withDirectory(async (directory) => {
      const url = await server.createDatabase();
      const { views, close } = await openPostgresViews({ url, readModel });
      const { log, record } = sampleLog();
      await record(sampleHistory(300, 10));
      const first = projecting(log, views);
      await first.projector.caughtUp();
      await first.projector.stop();
      await damage(url, `UPDATE authors SET notes = notes + 1000`);
      const { projector, faults } = projecting(log, views);
      await record(sampleHistory(100, 5));
      await expectWhole(log, views);

      await rebuildPostgresViews({ url, readModel, log, onParked, onProgress });

      await record(sampleHistory(100, 5));
      await expectSame(log, views, directory);
      expect(faults).toEqual([expect.any(CheckpointMoved)]);
      await projector.stop();
      await close();
    }));

  it('is looked through before: both at one moment, and refused if that is what it takes', () =>
    withDirectory(async (directory) => {
      const url = await server.createDatabase();
      const { views, close } = await openPostgresViews({ url, readModel });
      const { log, record } = sampleLog();
      await record(sampleHistory(1_000, 30));
      const { projector } = projecting(log, views);
      await projector.caughtUp();
      const found: (ViewsDifference | null)[] = [];
      const build = (accepted: boolean) =>
        rebuildPostgresViews({
          url,
          readModel,
          log,
          onParked,
          onProgress,
          review: async ({ live: before, fresh, position }) => {
            expect(position).toBe(views.position());
            await record(sampleHistory(10, 3));
            found.push(await compare(before, fresh, readModel));
            return accepted;
          },
        });

      expect(await build(true)).toMatchObject({ swapped: true });
      await damage(url, `UPDATE likers SET likes = 7 WHERE liker = 'liker-1'`);
      expect(await build(false)).toMatchObject({ swapped: false });
      expect(await build(true)).toMatchObject({ swapped: true });

      expect(found[0]).toBeNull();
      expect(found.slice(1)).toEqual([
        {
          table: 'likers',
          key: 'liker-1',
          a: '{"liker":"liker-1","likes":7}',
          b: expect.any(String),
        },
        found[1],
      ]);
      await expectSame(log, views, directory);
      await projector.stop();
      await close();
    }));

  it('that fails leaves the live views as they were, and nothing of itself', async () => {
    const url = await server.createDatabase();
    const { views, close } = await openPostgresViews({ url, readModel });
    const { log, record } = sampleLog();
    await record(sampleHistory(3_000, 30));
    const { projector } = projecting(log, views);
    await projector.caughtUp();
    const before = await views.all.query('SELECT * FROM journal ORDER BY position', []);
    const failed = rebuildPostgresViews({
      url,
      readModel,
      log,
      onParked,
      onProgress: () => {
        throw new Error('interrupted');
      },
    });
    await expect(failed).rejects.toThrow('interrupted');
    expect(await views.all.query('SELECT * FROM journal ORDER BY position', [])).toEqual(before);
    const sql = `SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'views%'`;
    expect(await views.all.query(sql, [])).toEqual([{ name: live }]);
    await projector.stop();
    await close();
  });
});
