import { parseArgs } from 'node:util';
import { failpointNames, type FailpointName } from '#edge';
import { guardNames, type GuardName } from './guards/guards.js';
import { trialNames, type TrialName } from './trials/trials.js';

export const usage = `npm run faults -- [flags]

  --kills N     how often the process is killed (${failpointNames.length}: once at each point)
  --point NAME  at this point only
  --seed S      draws the order, the passings and the load; without it a random one, which
                is printed. Who comes first is up to the machine: it is no exact replay
  --fault NAME  no kills, but this fault, or "all" of them, one after the other
  --without NAME  with one guard of the product taken out, in a copy: says in how many kills
                that is found, and fails when it is not
  --help        this

Guards:
${guardNames.map((name) => `  ${name}`).join('\n')}

Faults:
${trialNames.map((name) => `  ${name}`).join('\n')}

Points:
${failpointNames.map((name) => `  ${name}`).join('\n')}`;

export type Flags = {
  readonly kills: number;
  readonly seed: number;
  readonly names: readonly FailpointName[];
  /** Tried instead of kills. */
  readonly faults: readonly TrialName[];
  /** What is taken out, if anything. */
  readonly without: GuardName | null;
};

const randomSeeds = 1_000_000_000;

/** The flags, or what to print instead. */
export const readFlags = (args: readonly string[]): Flags | string => {
  const text = { type: 'string' } as const;
  const help = { type: 'boolean' } as const;
  const without = text;
  const options = { kills: text, point: text, seed: text, fault: text, without, help } as const;
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    if (values.help === true) return usage;
    const names = failpointNames.filter((name) => name === (values.point ?? name));
    const kills = Number(values.kills ?? names.length);
    const seed = Number(values.seed ?? Math.floor(Math.random() * randomSeeds));
    const { fault } = values;
    const faults = trialNames.filter((name) => fault === 'all' || name === fault);
    if (fault !== undefined && faults.length === 0)
      return `--fault: there is no ${fault}\n\n${usage}`;
    const guard = guardNames.find((name) => name === values.without) ?? null;
    if (values.without !== undefined && guard === null)
      return `--without: there is no ${values.without}\n\n${usage}`;
    if (names.length === 0) return `--point: there is no ${values.point}\n\n${usage}`;
    if (!Number.isInteger(kills) || kills < 1)
      return `--kills takes a number of at least 1\n\n${usage}`;
    if (!Number.isInteger(seed)) return `--seed takes a number\n\n${usage}`;
    return { kills, seed, names, faults, without: guard };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${usage}`;
  }
};
