import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { openEmbeddedViews, Projector, rebuild } from '#view-store';
import { sampleHistory, sampleLog, sampleReadModel } from '../libs/view-store/src/spec/index.js';

/**
 * Events a second: one transaction per event, batches while catching up, and a rebuild. Machines
 * differ, so what counts are the ratios. Usage: node dist/bench/view-store.js [events] [rounds]
 */
const [events = 20_000, rounds = 3] = process.argv.slice(2).map(Number);
const rows = Math.ceil(events / 10);
const oneByOneShare = 10;
const readModel = sampleReadModel;
const onParked = () => undefined;

const timed = async (work: (directory: string) => Promise<void>): Promise<number> => {
  const directory = await mkdtemp(join(tmpdir(), 'casement-bench-'));
  const startedAt = performance.now();
  await work(directory);
  const seconds = (performance.now() - startedAt) / 1_000;
  await rm(directory, { recursive: true });
  return seconds;
};

const catchUp = (log: EventLog) => async (directory: string) => {
  const { views, close } = await openEmbeddedViews({ directory, readModel });
  const projector = new Projector({ log, views, readModel, onParked, onFault: console.error });
  projector.start();
  await projector.caughtUp();
  await projector.stop();
  await close();
};

/** The same log, told so slowly that each batch holds one event: the next comes when this is shown. */
const oneByOne = (log: EventLog, count: number) => async (directory: string) => {
  const { views, close } = await openEmbeddedViews({ directory, readModel });
  const subscribe: EventLog['subscribe'] = async function* () {
    let last: Recorded | null = null;
    for await (const event of log.readAll({ direction: 'forwards', maxCount: count })) {
      if (last !== null) await views.reached(last.position, 60_000);
      last = event;
      yield { kind: 'event', event } as const;
    }
    yield { kind: 'caught-up', position: last?.position ?? null } as const;
  };
  const slow: EventLog = { ...log, subscribe };
  const projector = new Projector({
    log: slow,
    views,
    readModel,
    onParked,
    onFault: console.error,
  });
  projector.start();
  await projector.caughtUp();
  await projector.stop();
  await close();
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const { log, record } = sampleLog();
await record(sampleHistory(events, rows));
type Rates = { readonly single: number[]; readonly batched: number[]; readonly rebuilt: number[] };
const rates: Rates = { single: [], batched: [], rebuilt: [] };
for (let round = 0; round < rounds; round += 1) {
  const few = events / oneByOneShare;
  rates.single.push(few / (await timed(oneByOne(log, few))));
  rates.batched.push(events / (await timed(catchUp(log))));
  const onProgress = () => undefined;
  const build = (directory: string) =>
    rebuild({ log, readModel, directory, onParked, onProgress }).then(() => undefined);
  rates.rebuilt.push(events / (await timed(build)));
}
const whole = (rate: number | undefined): string => (rate ?? NaN).toFixed(0);
const [single, batched, rebuilt] = [rates.single, rates.batched, rates.rebuilt].map(median);
console.log(`median of ${rounds} rounds over ${events} events, ${rows} notes, in events a second:`);
console.log(`one by one ${whole(single)}, batched ${whole(batched)}, rebuilt ${whole(rebuilt)}`);
console.log(
  `batched / one by one ${((batched ?? NaN) / (single ?? NaN)).toFixed(1)},` +
    ` rebuilt / batched ${((rebuilt ?? NaN) / (batched ?? NaN)).toFixed(1)}`,
);
