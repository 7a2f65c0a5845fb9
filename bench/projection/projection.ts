import { join } from 'node:path';
import Database from 'libsql';
import type { EventLog } from '#event-store';
import { readModel } from '#platform';
import { openEmbeddedViews, rebuild, viewsFile } from '#view-store';
import type { Bench, Prepared, Readings, Settings } from '../bench.js';
import { inTurn } from '../support/concurrently.js';
import { openLog, temporaryDirectory } from '../support/embedded.js';
import { writeHistory } from '../support/history.js';
import { liveOnFiles, onParked } from './live.js';
import { projectStraight } from './straight-projection.js';

const historyFacts = 1_000_000;
/** The live projections stop here: what is told of them is a rate. */
const liveFacts = 200_000;

const straight = async (log: EventLog, count: number): Promise<number> => {
  const { directory, remove } = await temporaryDirectory();
  const { close } = await openEmbeddedViews({ directory, readModel });
  await close();
  const database = new Database(join(viewsFile(directory)));
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = NORMAL');
  const rate = await projectStraight(
    database,
    log.readAll({ direction: 'forwards', maxCount: count }),
  );
  database.close();
  await remove();
  return rate;
};

const whole = async (log: EventLog, count: number): Promise<number> => {
  const { directory, remove } = await temporaryDirectory();
  const startedAt = performance.now();
  await rebuild({ log, readModel, directory, onParked, onProgress: () => undefined });
  const seconds = (performance.now() - startedAt) / 1_000;
  await remove();
  return count / seconds;
};

const prepare = async ({ scale, say }: Settings): Promise<Prepared> => {
  const { directory, remove } = await temporaryDirectory();
  const { log, close } = await openLog(directory);
  say(`projection: writing ${historyFacts * scale} facts`);
  const written = await writeHistory(log, historyFacts * scale);
  const count = Math.min(written, liveFacts);
  const round = async (number: number): Promise<Readings> => {
    const readings: Record<string, number> = {};
    const ours = async (): Promise<void> => {
      readings['live'] = await liveOnFiles(log, count);
    };
    const bare = async (): Promise<void> => {
      readings['straight'] = await straight(log, count);
    };
    await inTurn(number, ours, bare);
    return { ...readings, rebuilt: await whole(log, written) };
  };
  return {
    round,
    close: async () => {
      await close();
      await remove();
    },
  };
};

/** The views of Casement from its log. */
export const projection: Bench = {
  name: 'projection',
  lines: [
    {
      work: 'projection, live',
      unit: 'facts/s',
      casement: 'live',
      baseline: 'straight',
      aim: { atLeast: 0.9 },
    },
    {
      work: 'rebuild of 1 M facts, beside live',
      unit: 'facts/s',
      casement: 'rebuilt',
      baseline: 'live',
      aim: { atLeast: 3.5 },
    },
  ],
  prepare,
};
