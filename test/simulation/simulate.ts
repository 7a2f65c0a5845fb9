import { epochMs, parseInstant } from '#kernel';
import type { Decides } from '#engine';
import { setUpDemo } from './business.js';
import { durableOn } from './durable.js';
import { Broken, Machine } from './machine/machine.js';
import { Random } from './machine/random.js';
import { Trace } from './machine/trace.js';
import { Customers } from './people/customers.js';
import { Staff } from './people/staff.js';
import { Processes } from './processes.js';
import { Deliveries } from './providers/deliveries.js';
import { Ledger } from './providers/ledger.js';
import { providersOver, type Providers } from './providers/providers.js';
import { judge } from './verdict/judge.js';

export type Options = {
  readonly seed: number;
  /** How likely a process dies before or after each durable effect. */
  readonly crash: number;
  /** How many messages the staff wants to send. */
  readonly sends: number;
  /** Faults happen in the first so many turns only. */
  readonly turns: number;
  readonly listen: ((line: string) => void) | null;
  readonly deciding: (decisions: Decides) => Decides;
};

export const usual: Omit<Options, 'seed'> = {
  crash: 0.02,
  sends: 40,
  turns: Infinity,
  listen: null,
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
const beginsAtMs = epochMs(parseInstant('2026-11-20T09:00:00.000Z') ?? never());
const daysMax = 4;
const busyMs = 6 * minuteMs;
/** Longer than any retry, lookup or lease that may still be open. */
const settlingMs = 45 * minuteMs;

function never(): never {
  throw new Error('no instant');
}

/** One run: some days of a business, its customers, its providers and everything that goes wrong. */
export const simulate = async (options: Options): Promise<Outcome> => {
  const random = new Random(`seed ${options.seed}`);
  const trace = new Trace(options.listen);
  const machine = new Machine(beginsAtMs, random.fork('machine'), trace);
  machine.faultsUntilTurn = options.turns;
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

/** Everything there is, inside and outside. */
const worldOf = (machine: Machine, random: Random, options: Options) => {
  const ledger = new Ledger();
  const disk = durableOn(machine, random.fork('disk'));
  const durable = { ...disk, store: ledger.watched(disk.store) };
  const faults: string[] = [];
  const kinds = random.fork('kinds');
  const processes: Processes = new Processes({
    machine,
    random: random.fork('processes'),
    durable,
    providers: (): Providers => providers,
    dangers: { crash: options.crash, freeze: kinds.oneOf(0, 0.001, 0.005) },
    count: kinds.oneOf(1, 1, 2),
    deciding: options.deciding,
    onFault: (what) => faults.push(what),
  });
  const engines = () => processes.engines;
  const deliveries = new Deliveries(machine, random.fork('deliveries'), engines);
  const trouble = kinds.oneOf(0.02, 0.1, 0.3);
  const wire = { machine, random: random.fork('wire'), trouble };
  const providers = providersOver(wire, ledger, deliveries);
  const customerCount = kinds.oneOf(1, 2, 4);
  const people = random.fork('people');
  const customers = new Customers(machine, people.fork('customers'), providers, engines, customerCount);
  const staff = new Staff(machine, people.fork('staff'), engines, ledger, durable);
  const setUp = async (): Promise<void> => {
    machine.isQuiet = true;
    processes.start();
    const [engine] = processes.engines;
    if (!engine) throw new Error('nothing runs');
    let isReady = false;
    const { bus, addresses } = engine.commands;
    const ready = setUpDemo(bus, addresses, engine.clock).then(() => (isReady = true));
    await machine.run(minuteMs, () => isReady);
    if (!isReady) throw new Error('the business could not be set up');
    await ready;
    machine.isQuiet = false;
  };
  return { machine, ledger, durable, faults, processes, deliveries, customers, staff, setUp };
};

export type World = ReturnType<typeof worldOf>;

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
  machine.isQuiet = true;
  processes.start();
  await machine.run(machine.nowMs + settlingMs);
};

const planDay = ({ machine, customers, staff }: World, random: Random, wishes: number): void => {
  const plan = (count: number, act: () => void): void => {
    for (let n = 0; n < count; n += 1) machine.later(random.between(0, busyMs), act);
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
  const ms = random.happens(0.5) ? random.between(8, 30) * hourMs : 24 * hourMs - random.between(0, busyMs);
  machine.note('machine', `night: ${kind}`);
  if (kind === 'stopped') await processes.stop();
  if (kind === 'dead') processes.kill();
  if (random.happens(0.5)) machine.later(random.between(0, ms), () => customers.writesOnWhatsApp());
  if (random.happens(0.3)) machine.later(random.between(0, ms), () => customers.looksAtPhone());
  machine.sleepThrough(ms);
  processes.start();
};
