import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type ServerProcess = {
  /** Its first line on standard output: where it listens. */
  readonly said: string;
  readonly close: () => Promise<void>;
};

/**
 * A compiled script in a process of its own, once it has said where it listens. What is to be loaded
 * before it is so in each of its threads.
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
  const said = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error(`${script.pathname} did not start`)));
  });
  return {
    said,
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
