import { Random } from '../simulation/machine/random.js';
import { readFlags, usage } from './flags.js';
import { findsMissing } from './guards/without.js';
import { planOf } from './plan.js';
import { run } from './run.js';
import { tryOut } from './trials/trials.js';

const interrupted = 130;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const faults = async (): Promise<number> => {
  const flags = readFlags(process.argv.slice(2));
  if (typeof flags === 'string') {
    say(flags);
    return flags === usage ? 0 : 2;
  }
  const { kills, seed, names, faults, without } = flags;
  say(`seed ${seed}`);
  const beganAtMs = performance.now();
  try {
    for (const name of faults) await tryOut(name, seed, say);
    if (faults.length > 0) return 0;
    const plan = planOf(names, kills, new Random(`${seed}/plan`));
    if (without !== null) return (await findsMissing(without, plan, seed, say)) ? 0 : 1;
    const told = await run(plan, seed, say);
    const { killed, missed, ...sum } = told;
    for (const [name, count] of killed) say(`${name} ${count}`);
    say(`not reached: ${missed.length} ${missed.join(' ')}`);
    say(JSON.stringify(sum));
    const seconds = Math.round((performance.now() - beganAtMs) / 1_000);
    say(`${kills} kills from seed ${seed} in ${seconds} s, no promise broken`);
    return 0;
  } catch (error) {
    const seconds = Math.round((performance.now() - beganAtMs) / 1_000);
    say(`BROKEN after ${seconds} s with seed ${seed}: ${String(error)}`);
    return 1;
  }
};

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => process.exit(interrupted));
process.exitCode = await faults();
