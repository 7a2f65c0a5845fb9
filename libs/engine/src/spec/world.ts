import { instant, type CommandContext, type Deadlines, type Policy } from '#kernel';
import {
  createEventLog,
  createMemoryEventStore,
  createMemoryKeyRing,
  type EventLog,
} from '#event-store';
import type { FollowerStore } from '#view-store';
import { decisionLimits } from '../deciding/limits.js';
import { Decisions } from '../decisions.js';
import { followerLimits, type FollowerLimits } from '../followers/limits.js';
import { FollowerRuntime } from '../followers/runtime.js';
import { follower } from '../brands.js';
import type { Execute, FollowerNote, RunFollower } from '../followers/tools.js';
import { MovableClock } from '../movable-clock.js';
import { SystemChance } from '../system/system-chance.js';
import { SystemClock } from '../system/system-clock.js';
import { SystemTimer } from '../system/system-timer.js';
import type { Timer } from '../ports.js';
import {
  contextFor,
  guestCatalogue,
  guestList,
  type Enter,
  type Entered,
  type Guest,
} from './guest-list.js';
import { MemoryFollowerStore } from './memory-follower-store.js';

/** Short enough for specs, and everything reached soon. */
const limits: FollowerLimits = {
  ...followerLimits,
  leaseMs: 60,
  checkpointMs: 5,
  attempts: 3,
  backoff: { firstMs: 1, maxMs: 4 },
  stopMs: 500,
  forcedStopMs: 100,
  requestsMs: 5,
};

/** Whoever enters is greeted. The key is the first letter, so that names share keys. */
export const greeter = (over: Partial<Policy<Entered, Enter>> = {}): RunFollower =>
  follower({
    kind: 'policy',
    name: 'greeter',
    streams: ['guests-'],
    types: ['NameEntered'],
    whenever: ({ data: { name } }) => [{ key: name.slice(0, 1), item: '', command: { name } }],
    ...over,
  } satisfies Policy<Entered, Enter>);

/** Who entered has to leave at `dueMs`; having left, nothing is due. */
export const closingTime: RunFollower = follower({
  kind: 'deadlines',
  name: 'closing-time',
  streams: ['guests-'],
  types: ['NameEntered', 'NameLeft'],
  schedule: ({ type, data }) => [
    type === 'NameEntered'
      ? {
          key: data.name,
          due: { at: instant(data.dueMs), command: { name: data.name, leaves: true } },
        }
      : { key: data.name, due: null },
  ],
} satisfies Deadlines<Guest, Enter>);

export type Asked = { readonly command: Enter; readonly context: CommandContext };

/** A log, a clock, a follower store and everything around them, for followers to live in. */
export const world = () => {
  const store = createMemoryEventStore({ clock: () => 0 });
  const log = createEventLog({
    store,
    keys: createMemoryKeyRing(),
    catalogues: [guestCatalogue],
  });
  const timer = new SystemTimer();
  const chance = new SystemChance();
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: 1_000 });
  const decisions = new Decisions({
    log,
    clock,
    chance,
    timer,
    versionOf: () => 1,
    limits: decisionLimits,
  });
  const followers = new MemoryFollowerStore(() => timer.monotonicMs());
  const asked: Asked[] = [];
  const notes: FollowerNote[] = [];
  const note: Execute = async (command, context) => {
    asked.push({ command: command as Enter, context });
  };
  const enter = (name: string, dueMs = 0) =>
    decisions.run(guestList, '1', { name, dueMs }, contextFor(name));
  const runtime = (
    run: readonly RunFollower[],
    over: {
      readonly execute?: Execute;
      readonly owner?: string;
      readonly limits?: Partial<FollowerLimits>;
      readonly log?: EventLog;
      readonly store?: FollowerStore;
      readonly timer?: Timer;
    } = {},
  ) =>
    new FollowerRuntime(
      {
        log,
        store: followers,
        clock,
        timer,
        chance,
        execute: note,
        notify: (told) => notes.push(told),
        owner: 'here',
        ...over,
        limits: { ...limits, ...over.limits },
      },
      run,
    );
  const names = () => asked.map(({ command }) => command.name);
  return { log, clock, decisions, followers, asked, notes, note, enter, runtime, names };
};

/** Runs `runtime` for as long as `meanwhile` takes. */
export const during = async (
  runtime: FollowerRuntime,
  meanwhile: () => Promise<void>,
): Promise<void> => {
  runtime.start();
  try {
    await meanwhile();
  } finally {
    await runtime.stop();
  }
};
