import { parseArgs } from 'node:util';

export const usage = `npm run simulate -- [flags]

  --seed N    the first seed; without it a random one, which is printed
  --runs M    how many seeds, one after the other (1)
  --crash P   how likely a process dies before or after each durable effect; without it the
              seed decides, between never and 0.02
  --sends N   how many messages the staff of each run wants to send (40)
  --steps N   faults happen in the first N steps of a run only
  --trace     print everything that happens
  --quiet     print only what is broken, and the sum
  --help      this`;

export type Flags = {
  readonly seed: number;
  readonly runs: number;
  readonly crash: number | null;
  readonly sends: number;
  readonly steps: number;
  readonly trace: boolean;
  readonly quiet: boolean;
};

const randomSeeds = 1_000_000_000;

/** The flags, or what to print instead. */
export const readFlags = (args: readonly string[]): Flags | string => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    seed: text,
    runs: text,
    crash: text,
    sends: text,
    steps: text,
    trace: flag,
    quiet: flag,
    help: flag,
  };
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    if (values.help) return usage;
    const numbers = {
      seed: Number(values.seed ?? Math.floor(Math.random() * randomSeeds)),
      runs: Number(values.runs ?? 1),
      crash: values.crash === undefined ? null : Number(values.crash),
      sends: Number(values.sends ?? 40),
      steps: Number(values.steps ?? Infinity),
    };
    const wrong = Object.entries(numbers).find(([, value]) => value !== null && !(value >= 0));
    if (wrong) return `--${wrong[0]} takes a number\n\n${usage}`;
    return { ...numbers, trace: values.trace, quiet: values.quiet };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${usage}`;
  }
};
