import { Broken, Machine } from './machine/machine.js';
import { Random } from './machine/random.js';
import { Trace } from './machine/trace.js';
import { judge } from './verdict/judge.js';
import { worldOf, type World, type WorldOptions } from './world.js';

export type Options = WorldOptions & {
  readonly seed: number;
  /** How many messages the staff wants to send. */
  readonly sends: number;
  /** Faults happen in the first so many steps only. */
  readonly steps: number;
  readonly listen: ((line: string) => void) | null;
};

export const usual: Omit<Options, 'seed'> = {
  crash: null,
  sends: 40,
  steps: Infinity,
  listen: null,
  tells: true,
  deciding: (decisions) => decisions,
};

export type Outcome = {
  readonly seed: number;
  readonly hash: string;
  readonly broken: Broken | null;
  readonly trace: readonly string[];
  readonly turns: number;
  readonly starts: number;
  readonly wishes: number;
  readonly accepted: number;
  readonly virtualMs: number;
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const beginsAtMs = Date.UTC(2026, 10, 20, 9);
const daysMax = 4;
const busyMs = 6 * minuteMs;
/** Longer than any retry, lookup or lease that may still be open. */
const settlingMs = 45 * minuteMs;

/** One run: some days of a business, its customers, its providers and everything that goes wrong. */
export const simulate = async (options: Options): Promise<Outcome> => {
  const random = new Random(`seed ${options.seed}`);
  const trace = new Trace(options.listen);
  const machine = new Machine(beginsAtMs, random.fork('machine'), trace);
  machine.faultsUntilTurn = options.steps;
  const world = worldOf(machine, random, options);
  let broken: Broken | null = null;
  try {
    await world.setUp();
    await liveThrough(world, random.fork('days'), options);
    await judge(world);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    broken = error;
    machine.note('BROKEN', error.message);
  }
  world.processes.kill();
  machine.end();
  return {
    seed: options.seed,
    hash: trace.hash,
    broken,
    trace: trace.newest,
    turns: machine.turns,
    starts: world.processes.starts,
    wishes: world.staff.wishes.length,
    accepted: world.ledger.acceptances.length,
    virtualMs: machine.nowMs,
  };
};

/** Busy hours with nights between them, and then peace, until everything has come to its end. */
const liveThrough = async (world: World, random: Random, { sends }: Options): Promise<void> => {
  const { machine, processes } = world;
  const days = 1 + random.below(daysMax);
  for (let day = 1; day <= days; day += 1) {
    const wishes = Math.round((sends * day) / days) - Math.round((sends * (day - 1)) / days);
    planDay(world, random, wishes);
    await machine.run(machine.nowMs + busyMs);
    if (day < days) await night(world, random);
  }
  // A last day without a fault: what the others have left behind must not hold it up.
  machine.isQuiet = true;
  processes.start();
  planDay(world, random, Math.ceil(sends / 10));
  await machine.run(machine.nowMs + busyMs + settlingMs);
};

/** Some is left for the last moment: what was asked for in the evening leaves in the morning. */
const momentOf = (random: Random): number =>
  random.happens(0.15) ? busyMs - random.between(0, 2_000) : random.between(0, busyMs);

const planDay = ({ machine, customers, staff }: World, random: Random, wishes: number): void => {
  const plan = (count: number, act: () => void): void => {
    for (let n = 0; n < count; n += 1) machine.later(momentOf(random), act);
  };
  machine.later(0, () => customers.writesOnWhatsApp());
  plan(Math.ceil(wishes / 3), () => customers.writesOnWhatsApp());
  plan(wishes, () => staff.writes());
  plan(Math.ceil(wishes / 5), () => customers.looksAtPhone());
  plan(Math.ceil(wishes / 4), () => staff.settles());
  plan(Math.ceil(wishes / 8), () => staff.reads());
  plan(random.below(2), () => staff.ends());
};

/** The machine sleeps, the processes are stopped, or they die; customers may write all the same. */
const night = async ({ machine, processes, customers }: World, random: Random): Promise<void> => {
  const kind = random.oneOf('asleep', 'stopped', 'dead');
  const ms = random.happens(0.5)
    ? random.between(8, 30) * hourMs
    : 24 * hourMs - random.between(0, busyMs);
  machine.note('machine', `night: ${kind}`);
  if (kind === 'stopped') await processes.stop();
  if (kind === 'dead') processes.kill();
  if (random.happens(0.5)) machine.later(random.between(0, ms), () => customers.writesOnWhatsApp());
  if (random.happens(0.3)) machine.later(random.between(0, ms), () => customers.looksAtPhone());
  machine.sleepThrough(ms);
  processes.start();
};
