import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEventLog, openEmbedded } from '#event-store';
import { catalogues, readModel } from '#platform';
import {
  compare,
  digest,
  openEmbeddedViews,
  openPostgresViews,
  Projector,
  rebuildPostgresViews,
} from '#view-store';
import { writeHistory } from '../../bench/support/history.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { startPostgres, type PostgresServer } from './index.js';

/** How many facts the history has: CASEMENT_EQUAL_FACTS, or few. */
const facts = Number(process.env['CASEMENT_EQUAL_FACTS'] ?? 5_000);
const never = (error: unknown): never => {
  throw error;
};
const onParked = (): never => never(new Error('a row was parked'));
const onProgress = (): void => undefined;

describe(`the views of ${facts} facts of a business`, () => {
  let server: PostgresServer;
  let directory: string;

  beforeAll(async () => {
    server = await startPostgres();
    directory = await mkdtemp(join(tmpdir(), 'casement-equal-'));
  });
  afterAll(async () => {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it(
    'are on SQLite and on PostgreSQL the same, row by row, projected or rebuilt',
    async () => {
      const { store, keys, close } = await openEmbedded({
        directory,
        keyEncryptionKey: randomBytes(32),
        clock: () => Date.now(),
      });
      const log = createEventLog({ store, keys, catalogues });
      await writeHistory(log, facts);
      const embedded = await openEmbeddedViews({ directory, readModel });
      const url = await server.createDatabase();
      const postgres = await openPostgresViews({ url, readModel });
      for (const { views } of [embedded, postgres]) {
        const projector = new Projector({ log, views, readModel, onParked, onFault: never });
        projector.start();
        await projector.caughtUp();
        await projector.stop();
        expect(views.position()).toBe(await log.head());
      }
      const same = async (): Promise<void> => {
        expect(await compare(embedded.views.all, postgres.views.all, readModel)).toBeNull();
        expect(await digest(postgres.views.all, readModel)).toEqual(
          await digest(embedded.views.all, readModel),
        );
      };
      await same();
      await rebuildPostgresViews({ url, readModel, log, onParked, onProgress });
      await same();
      const [counted] = await postgres.views.all.query('SELECT count(*) AS rows FROM feed', []);
      expect(Number(counted?.['rows'])).toBeGreaterThan(facts / 2);
      await Promise.all([embedded.close(), postgres.close()]);
      await close();
    },
    scenarioMsMax,
  );
});
