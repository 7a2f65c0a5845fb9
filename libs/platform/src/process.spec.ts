import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const program = (start: string): string => `
  import { runProcess } from '${new URL('process.js', import.meta.url).href}';
  import { readConfig } from '#edge';
  const up = { greeting: ['up'], drain: () => undefined, closers: [] };
  const stays = setInterval(() => undefined, 60_000);
  await runProcess(process, readConfig, ${start});
`;

/** Exit code and signal of a process that is told to end as soon as it says anything. */
const endOf = async (start: string, signal: NodeJS.Signals): Promise<readonly unknown[]> => {
  const args = ['--input-type=module', '--eval', program(start)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.once('data', () => child.kill(signal));
  const [code, by]: readonly unknown[] = await once(child, 'exit');
  return [code, by];
};

describe('the life of a process', () => {
  it('O2: ends in order at a signal once it is up', async () => {
    expect(await endOf('async () => up', 'SIGTERM')).toEqual([0, null]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    'ends itself at %s while it starts, as nobody does for process 1',
    async (signal, code) => {
      const starting = "() => new Promise(() => console.log('starting'))";
      expect(await endOf(starting, signal)).toEqual([code, null]);
    },
  );
});
