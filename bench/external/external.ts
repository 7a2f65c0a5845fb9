import { randomBytes } from 'node:crypto';
import { createEventLog, openEventStoreDb, openPostgresKeys, type EventLog } from '#event-store';
import { catalogues, readModel } from '#platform';
import { openPostgresViews } from '#view-store';
import { startPostgres } from '../../test/postgres/index.js';
import type { Bench, Prepared, Readings, Settings } from '../bench.js';
import { cold, decisionsOn, hot, threads, withDecisions, writers } from '../commands/work.js';
import { liveOnFiles, projectedLive } from '../projection/live.js';
import { inTurn } from '../support/concurrently.js';
import { openLog, temporaryDirectory, type OpenLog } from '../support/embedded.js';
import { writeHistory } from '../support/history.js';
import { serverProcess } from '../support/server-process.js';

const hotCommands = 20_000;
const coldCommands = 3_000;
const projectedFacts = 100_000;

const nodeScript = new URL('../../test/eventstoredb-node/main.js', import.meta.url);

/** The log behind EventStoreDB's protocol, in a process of its own; the keys in PostgreSQL. */
const openLogByClient = async (directory: string, database: string): Promise<OpenLog> => {
  const node = await serverProcess(nodeScript, ['--directory', directory]);
  const { store, epoch, ...client } = await openEventStoreDb({ connectionString: node.said });
  const keys = await openPostgresKeys({
    url: database,
    keyEncryptionKey: randomBytes(32),
    log: { epoch, isWritten: false },
  });
  return {
    log: createEventLog({ store, keys, catalogues }),
    close: async () => {
      await client.close();
      await keys.close();
      await node.close();
    },
  };
};

const liveOnPostgres = async (log: EventLog, count: number, url: string): Promise<number> => {
  const { views, close } = await openPostgresViews({ url, readModel });
  const rate = await projectedLive(log, views, count);
  await close();
  return rate;
};

const commandsOn = async (log: EventLog, scale: number): Promise<Readings> => {
  const hotThreads = await threads(log, writers, 'hot-');
  const coldThreads = await threads(log, Math.ceil(coldCommands * scale), 'cold-');
  const execute = withDecisions(decisionsOn(log));
  return {
    hot: await hot(hotThreads, hotCommands * scale, execute),
    cold: await cold(coldThreads, execute),
  };
};

const named = (side: string, { hot: warm = 0, cold: first = 0 }: Readings): Readings => ({
  [`${side}Hot`]: warm,
  [`${side}Cold`]: first,
});

const prepare = async ({ scale, say }: Settings): Promise<Prepared> => {
  const postgres = await startPostgres({ durable: true });
  const history = await temporaryDirectory();
  const { log, close } = await openLog(history.directory);
  say(`external: writing ${projectedFacts * scale} facts`);
  const written = await writeHistory(log, projectedFacts * scale);
  const round = async (number: number): Promise<Readings> => {
    const readings: Record<string, number> = {};
    const byClient = async (): Promise<void> => {
      const { directory, remove } = await temporaryDirectory();
      const opened = await openLogByClient(directory, await postgres.createDatabase());
      Object.assign(readings, named('client', await commandsOn(opened.log, scale)));
      await opened.close();
      await remove();
      const database = await postgres.createDatabase();
      readings['onPostgres'] = await liveOnPostgres(log, written, database);
    };
    const embedded = async (): Promise<void> => {
      const { directory, remove } = await temporaryDirectory();
      const opened = await openLog(directory);
      Object.assign(readings, named('embedded', await commandsOn(opened.log, scale)));
      await opened.close();
      await remove();
      readings['onFiles'] = await liveOnFiles(log, written);
    };
    await inTurn(number, byClient, embedded);
    return readings;
  };
  return {
    round,
    close: async () => {
      await close();
      await history.remove();
      await postgres.stop();
    },
  };
};

/** What the stores of many processes cost, beside those of one. */
export const external: Bench = {
  name: 'external',
  lines: [
    {
      work: 'command, hot, by EventStoreDB’s client',
      unit: '/s',
      casement: 'clientHot',
      baseline: 'embeddedHot',
      aim: null,
    },
    {
      work: 'command, cold, by EventStoreDB’s client',
      unit: '/s',
      casement: 'clientCold',
      baseline: 'embeddedCold',
      aim: null,
    },
    {
      work: 'projection, live, on PostgreSQL',
      unit: 'facts/s',
      casement: 'onPostgres',
      baseline: 'onFiles',
      aim: null,
    },
  ],
  prepare,
};
