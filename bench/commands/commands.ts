import type { Bench, Readings, Settings } from '../bench.js';
import { inTurn } from '../support/concurrently.js';
import { openLog, temporaryDirectory } from '../support/embedded.js';
import { nextMessage } from './customer.js';
import { StraightLoop } from './straight-loop.js';
import { cold, decisionsOn, hot, threads, withDecisions, writers, type Execute } from './work.js';

const hotCommands = 40_000;
const coldCommands = 6_000;

const withLoop =
  (loop: StraightLoop, temperature: 'hot' | 'cold'): Execute =>
  (id) => {
    const { command, context } = nextMessage(id);
    return loop[temperature](id, command, context);
  };

const round = async (number: number, { scale }: Settings): Promise<Readings> => {
  const { directory, remove } = await temporaryDirectory();
  const { log, close } = await openLog(directory);
  const readings: Record<string, number> = {};
  const measure = async (side: 'casement' | 'baseline'): Promise<void> => {
    const isOurs = side === 'casement';
    const hotThreads = await threads(log, writers, `${side}-hot-`);
    const coldThreads = await threads(log, Math.ceil(coldCommands * scale), `${side}-cold-`);
    const loop = new StraightLoop(log);
    const hotly = isOurs ? withDecisions(decisionsOn(log)) : withLoop(loop, 'hot');
    const coldly = isOurs ? withDecisions(decisionsOn(log)) : withLoop(loop, 'cold');
    readings[`${side}Hot`] = await hot(hotThreads, hotCommands * scale, hotly);
    readings[`${side}Cold`] = await cold(coldThreads, coldly);
  };
  await inTurn(
    number,
    () => measure('casement'),
    () => measure('baseline'),
  );
  await close();
  await remove();
  return readings;
};

/** A command on a stream of twenty events, on the embedded log, sealed and durable. */
export const commands: Bench = {
  name: 'commands',
  lines: [
    {
      work: 'command, hot, 64 streams',
      unit: '/s',
      casement: 'casementHot',
      baseline: 'baselineHot',
      aim: { atLeast: 0.75 },
    },
    {
      work: 'command, cold, 20 events',
      unit: '/s',
      casement: 'casementCold',
      baseline: 'baselineCold',
      aim: { atLeast: 0.9 },
    },
  ],
  prepare: async (settings) => ({
    round: (number) => round(number, settings),
    close: () => Promise.resolve(),
  }),
};
