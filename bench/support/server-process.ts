import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type ServerProcess = { readonly port: number; readonly close: () => Promise<void> };

/**
 * A compiled script in a process of its own; its first line on standard output is the port on which
 * it listens. What is to be loaded before it is so in each of its threads.
 */
export const serverProcess = async (
  script: URL,
  args: readonly string[],
  preload: readonly URL[] = [],
): Promise<ServerProcess> => {
  const imports = preload.flatMap(({ href }) => ['--import', href]);
  const child = spawn(process.execPath, [...imports, script.pathname, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    lines.once('line', (line) => resolve(Number(line)));
    lines.once('close', () => reject(new Error(`${script.pathname} did not start`)));
  });
  return {
    port,
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
