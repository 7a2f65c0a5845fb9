import type { Decides } from '#engine';
import { setUpDemo } from './business.js';
import { durableOn } from './durable.js';
import type { Machine } from './machine/machine.js';
import type { Random } from './machine/random.js';
import { Customers } from './people/customers.js';
import { Staff } from './people/staff.js';
import { Processes } from './processes.js';
import { Deliveries } from './providers/deliveries.js';
import { Ledger } from './providers/ledger.js';
import { providersOver, type Providers } from './providers/providers.js';

/** How a world is made. */
export type WorldOptions = {
  /** How likely a process dies before or after each durable effect; null: as the seed has it. */
  readonly crash: number | null;
  readonly deciding: (decisions: Decides) => Decides;
  /** Whether WhatsApp tells of receipts by itself. */
  readonly tells: boolean;
};

const setUpWithinMs = 60_000;

/** Everything there is, inside and outside. */
export const worldOf = (machine: Machine, random: Random, options: WorldOptions) => {
  const ledger = new Ledger();
  const disk = durableOn(machine, random.fork('disk'));
  const durable = { ...disk, store: ledger.watched(disk.store) };
  const faults: string[] = [];
  const kinds = random.fork('kinds');
  const crash = kinds.oneOf(0, 0.001, 0.005, 0.02);
  const processes: Processes = new Processes({
    machine,
    random: random.fork('processes'),
    durable,
    providers: (): Providers => providers,
    dangers: { crash: options.crash ?? crash, freeze: kinds.oneOf(0, 0.001, 0.005) },
    count: kinds.oneOf(1, 2),
    deciding: options.deciding,
    onFault: (what) => faults.push(what),
  });
  const engines = () => processes.engines;
  const deliveries = new Deliveries(machine, random.fork('deliveries'), engines);
  const trouble = kinds.oneOf(0.02, 0.1, 0.3);
  const { tells } = options;
  const wire = { machine, random: random.fork('wire'), trouble, tells };
  const providers = providersOver(wire, ledger, deliveries);
  const customerCount = kinds.oneOf(1, 2, 4);
  const people = random.fork('people');
  const customers = new Customers(
    machine,
    people.fork('customers'),
    providers,
    engines,
    customerCount,
  );
  const staff = new Staff(machine, people.fork('staff'), engines, ledger, durable);
  const setUp = async (): Promise<void> => {
    machine.isQuiet = true;
    processes.start();
    const [engine] = processes.engines;
    if (!engine) throw new Error('nothing runs');
    let isReady = false;
    const { bus, addresses } = engine.commands;
    const ready = setUpDemo(bus, addresses, engine.clock).then(() => (isReady = true));
    await machine.run(setUpWithinMs, () => isReady);
    if (!isReady) throw new Error('the business could not be set up');
    await ready;
    machine.isQuiet = false;
  };
  return {
    machine,
    ledger,
    durable,
    faults,
    processes,
    providers,
    deliveries,
    customers,
    staff,
    setUp,
  };
};

export type World = ReturnType<typeof worldOf>;
