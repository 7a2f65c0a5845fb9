import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../repository.js';
import { Broken } from '../customer.js';
import { run } from '../run.js';
import { guards, type Guard, type GuardName } from './guards.js';

const seedsMax = 40;

/** The compiled program in a place of its own, with one guard taken out. Throws when it is not there. */
export const programWithout = async ({ file, find, put }: Guard): Promise<string> => {
  const text = await readFile(join(root, file), 'utf8');
  const found = text.split(find).length - 1;
  if (found !== 1) throw new Error(`${file} has the guard ${found} times: it has moved`);
  const program = await mkdtemp(join(tmpdir(), 'casement-without-'));
  await cp(join(root, 'dist'), join(program, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(program, 'package.json'));
  await symlink(join(root, 'node_modules'), join(program, 'node_modules'));
  await writeFile(
    join(program, file),
    text.replace(find, () => put),
  );
  return program;
};

/** Whether what is missing was found, which is as it should be. */
export const findsMissing = async (
  name: GuardName,
  plan: readonly string[],
  seed: number,
  say: (line: string) => void,
): Promise<boolean> => {
  const program = await programWithout(guards[name]);
  try {
    const found =
      guards[name].foundBy === 'kills'
        ? await byKills(plan, seed, program, say)
        : await bySimulation(program);
    say(found === null ? `NOT FOUND without ${name}` : `found without ${name}: ${found}`);
    return found !== null;
  } finally {
    await rm(program, { recursive: true, force: true });
  }
};

const byKills = async (
  plan: readonly string[],
  seed: number,
  program: string,
  say: (line: string) => void,
): Promise<string | null> => {
  let kills = 0;
  const count = (line: string): void => {
    if (/^\d+\//.test(line)) kills += 1;
    say(line);
  };
  try {
    await run(plan, seed, count, program);
    return null;
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return `after ${kills} of ${plan.length} kills: ${error.message}`;
  }
};

/** One process asks its own memory alone, and is never wrong: it takes two on one log. */
const bySimulation = async (program: string): Promise<string | null> => {
  const main = join(program, 'dist/test/simulation/main.js');
  const flags = ['--seed', '1', '--runs', String(seedsMax), '--crash', '0.02'];
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    for await (const line of createInterface({ input: child.stdout }))
      if (line.includes('BROKEN')) return line;
    return null;
  } finally {
    child.kill('SIGKILL');
  }
};
