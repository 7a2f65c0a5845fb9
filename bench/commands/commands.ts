import { Decisions, SystemChance, SystemClock, SystemTimer, decisionLimits } from '#engine';
import type { EventLog } from '#event-store';
import { conversationDecider } from '#conversations/spec';
import { versionOf } from '#platform';
import type { Bench, Readings, Settings } from '../bench.js';
import { concurrently, inTurn } from '../support/concurrently.js';
import { openLog, temporaryDirectory } from '../support/embedded.js';
import { nextMessage } from './customer.js';
import { StraightLoop } from './straight-loop.js';

const writers = 64;
const eventsBefore = 20;
const hotCommands = 40_000;
const coldCommands = 6_000;

const decisionsOn = (log: EventLog): Decisions =>
  new Decisions({
    log,
    clock: new SystemClock(),
    chance: new SystemChance(),
    timer: new SystemTimer(),
    versionOf,
    limits: decisionLimits,
  });

/** Writes so many streams of twenty events each, and tells their names. */
const threads = async (log: EventLog, count: number, name: string): Promise<readonly string[]> => {
  const ids = Array.from({ length: count }, (_, number) => `acme-${name}${number}`);
  const loop = new StraightLoop(log);
  // The first message is two events: the conversation starts with it.
  for (let event = 1; event < eventsBefore; event += 1)
    await concurrently(count, writers, (number) => {
      const id = ids[number] ?? '';
      const { command, context } = nextMessage(id);
      return loop.hot(id, command, context);
    });
  return ids;
};

type Execute = (id: string) => Promise<unknown>;

const withDecisions =
  (decisions: Decisions): Execute =>
  (id) => {
    const { command, context } = nextMessage(id);
    return decisions.run(conversationDecider, id, command, context);
  };

const withLoop =
  (loop: StraightLoop, temperature: 'hot' | 'cold'): Execute =>
  (id) => {
    const { command, context } = nextMessage(id);
    return loop[temperature](id, command, context);
  };

/** Sixty-four writers, each with a stream of its own whose fold is in memory. */
const hot = async (ids: readonly string[], count: number, execute: Execute): Promise<number> => {
  await Promise.all(ids.map(execute));
  const turns = Math.ceil(count / ids.length);
  const perStream = await concurrently(ids.length, ids.length, async (number) => {
    const id = ids[number] ?? '';
    for (let turn = 0; turn < turns; turn += 1) await execute(id);
  });
  return perStream * turns;
};

/** Every stream is met for the first time. */
const cold = (ids: readonly string[], execute: Execute): Promise<number> =>
  concurrently(ids.length, writers, (number) => execute(ids[number] ?? ''));

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
