import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { EventStoreDbNode } from './node.js';

const main = join(import.meta.dirname, 'main.js');

/** A node in a process of its own, which ends with this one: it takes no time from who asks it. */
export const startNodeApart = async (
  directory: string,
): Promise<Pick<EventStoreDbNode, 'connectionString' | 'close'>> => {
  const flags = ['--directory', directory];
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const exit = once(child, 'exit');
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exit]);
  if (child.exitCode !== null) throw new Error('the node did not start');
  return {
    connectionString: String(line),
    close: async () => {
      child.kill('SIGTERM');
      await exit;
      process.off('exit', kill);
    },
  };
};
