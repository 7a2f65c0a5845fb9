import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type ChildEnd = { readonly said: string; readonly killed: boolean };

/**
 * Runs a compiled script of this folder in a process of its own, and kills it (SIGKILL) `afterMs`
 * after it has said `begun`; lets it end by itself when `afterMs` is null.
 */
export const runChild = async (
  script: string,
  directory: string,
  afterMs: number | null,
): Promise<ChildEnd> => {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [file, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  let timer: NodeJS.Timeout | null = null;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    said += text;
    if (afterMs === null || timer !== null || !said.includes('begun')) return;
    timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  await once(child, 'close');
  if (timer !== null) clearTimeout(timer);
  return { said, killed: child.signalCode === 'SIGKILL' };
};
