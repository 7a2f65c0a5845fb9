import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Ended = { readonly code: number | null; readonly out: string; readonly told: string };

const main = fileURLToPath(new URL('../main.js', import.meta.url));

/** Nothing of the surrounding environment: what is tested is what the words and these say. */
export const environmentOf = (directory: string): { readonly [name: string]: string } => ({
  PATH: process.env['PATH'] ?? '',
  CASEMENT_DATA_DIR: directory,
});

/** Runs the compiled cli in a process of its own. */
export const casement = async (
  words: readonly string[],
  environment: { readonly [name: string]: string },
): Promise<Ended> => {
  const child = spawn(process.execPath, [main, ...words], { env: environment });
  let out = '';
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  await once(child, 'close');
  return { code: child.exitCode, out, told };
};
