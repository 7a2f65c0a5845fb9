import { Decisions, SystemChance, SystemClock, SystemTimer, decisionLimits } from '#engine';
import type { EventLog } from '#event-store';
import { conversationDecider } from '#conversations/spec';
import { versionOf } from '#platform';
import { concurrently } from '../support/concurrently.js';
import { nextMessage } from './customer.js';
import { StraightLoop } from './straight-loop.js';

export const writers = 64;
const eventsBefore = 20;

export const decisionsOn = (log: EventLog): Decisions =>
  new Decisions({
    log,
    clock: new SystemClock(),
    chance: new SystemChance(),
    timer: new SystemTimer(),
    versionOf,
    limits: decisionLimits,
  });

/** Writes so many streams of twenty events each, and tells their names. */
export const threads = async (
  log: EventLog,
  count: number,
  name: string,
): Promise<readonly string[]> => {
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

export type Execute = (id: string) => Promise<unknown>;

export const withDecisions =
  (decisions: Decisions): Execute =>
  (id) => {
    const { command, context } = nextMessage(id);
    return decisions.run(conversationDecider, id, command, context);
  };

/** Sixty-four writers, each with a stream of its own whose fold is in memory. */
export const hot = async (
  ids: readonly string[],
  count: number,
  execute: Execute,
): Promise<number> => {
  await Promise.all(ids.map(execute));
  const turns = Math.ceil(count / ids.length);
  const perStream = await concurrently(ids.length, ids.length, async (number) => {
    const id = ids[number] ?? '';
    for (let turn = 0; turn < turns; turn += 1) await execute(id);
  });
  return perStream * turns;
};

/** Every stream is met for the first time. */
export const cold = (ids: readonly string[], execute: Execute): Promise<number> =>
  concurrently(ids.length, writers, (number) => execute(ids[number] ?? ''));
