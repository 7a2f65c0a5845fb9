import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Child = {
  readonly port: number;
  /** Ends it and resolves when it is gone. */
  readonly end: () => Promise<void>;
};

export type Start = {
  /** The compiled file. */
  readonly file: URL;
  readonly args: readonly string[];
  /** Modules that are loaded before it, in its threads too. */
  readonly preload?: readonly URL[];
};

/** Starts a server in a process of its own; resolves once it has told its port on a line. */
export const startChild = async ({ file, args, preload = [] }: Start): Promise<Child> => {
  const imports = preload.flatMap((url) => ['--import', url.href]);
  const child = spawn(process.execPath, [...imports, fileURLToPath(file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const port = await new Promise<number>((resolve, reject) => {
    let told = '';
    child.stdout.on('data', (data: Buffer) => {
      told += data.toString('utf8');
      const found = /^port (\d+)$/m.exec(told)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    void exited.then(() => reject(new Error(`${file.pathname} ended before it listened`)));
  });
  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  return { port, end };
};

/** What a child says once it listens. */
export const tellPort = (port: number): void => void process.stdout.write(`port ${port}\n`);
