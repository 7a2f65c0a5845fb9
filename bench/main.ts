import { cpus } from 'node:os';
import type { Bench, Readings } from './bench.js';
import { benches } from './benches.js';
import { readFlags, usageOf, type Flags } from './flags.js';
import { resultOf, tableOf, type Result } from './table.js';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const measured = async (bench: Bench, { rounds, scale }: Flags): Promise<readonly Result[]> => {
  say(`${bench.name}: preparing`);
  const prepared = await bench.prepare({ scale, say });
  const readings: Readings[] = [];
  try {
    for (let number = 0; number < rounds; number += 1) {
      readings.push(await prepared.round(number));
      say(`${bench.name}: round ${number + 1} of ${rounds}: ${JSON.stringify(readings.at(-1))}`);
    }
  } finally {
    await prepared.close();
  }
  return bench.lines.map((line) => resultOf(line, readings));
};

const machine = (): string => {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? '';
  const date = new Date().toISOString().slice(0, 10);
  return `${processors.length} processors (${model}), Node ${process.version}, ${date}`;
};

const run = async (): Promise<number> => {
  const names = benches.map(({ name }) => name);
  const flags = readFlags(process.argv.slice(2), names);
  if (typeof flags === 'string') {
    process.stdout.write(`${flags}\n`);
    return flags === usageOf(names) ? 0 : 2;
  }
  const results: Result[] = [];
  for (const bench of benches.filter(({ name }) => flags.names.includes(name)))
    results.push(...(await measured(bench, flags)));
  const { rounds, scale } = flags;
  const conditions = `${machine()}; medians of ${rounds} rounds, scale ${scale}`;
  process.stdout.write(`${tableOf(results)}\n\n${conditions}\n`);
  return 0;
};

process.exitCode = await run();
