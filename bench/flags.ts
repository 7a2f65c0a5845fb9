import { parseArgs } from 'node:util';

export const usageOf = (names: readonly string[]): string => `npm run bench -- [names] [flags]

Measures Casement beside the thinnest code that does the same durable work, and prints one table.
Without names everything is measured: ${names.join(', ')}

  --rounds N   how often each is measured, Casement and baseline in turn; medians are shown (3)
  --scale S    the share of the full work, above 0 and at most 1 (1)
  --help       this`;

export type Flags = {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly scale: number;
};

/** The flags, or what to print instead. */
export const readFlags = (args: readonly string[], known: readonly string[]): Flags | string => {
  const usage = usageOf(known);
  const wrong = (what: string): string => `${what}\n\n${usage}`;
  const text = { type: 'string' } as const;
  const options = { rounds: text, scale: text, help: { type: 'boolean', default: false } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) return usage;
    const rounds = Number(values.rounds ?? 3);
    const scale = Number(values.scale ?? 1);
    const unknown = positionals.find((name) => !known.includes(name));
    if (unknown !== undefined) return wrong(`there is no bench "${unknown}"`);
    if (!Number.isInteger(rounds) || rounds < 1) return wrong('--rounds takes a whole number');
    if (!(scale > 0 && scale <= 1)) return wrong('--scale takes a number above 0 and at most 1');
    return { names: positionals.length > 0 ? positionals : known, rounds, scale };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
};
