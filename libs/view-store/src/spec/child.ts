import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type ChildEnd = { readonly said: string; readonly killed: boolean };
/** After the child has said `lines` lines, and `delayMs` more. */
export type Kill = { readonly lines: number; readonly delayMs: number };

/** Runs a compiled script of this folder in a process of its own and kills it (SIGKILL) as told. */
export const runChild = async (
  script: string,
  directory: string,
  kill: Kill | null,
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
    if (kill === null || timer !== null || said.split('\n').length <= kill.lines) return;
    timer = setTimeout(() => child.kill('SIGKILL'), kill.delayMs);
  });
  await once(child, 'close');
  if (timer !== null) clearTimeout(timer);
  return { said, killed: child.signalCode === 'SIGKILL' };
};
