import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environmentOf } from './casement.js';

export type Engine = {
  /** A customer writes, by the simulated phone. */
  readonly customerWrites: (from: string, text: string) => Promise<void>;
  /** A delivery with a good signature, whatever it says. */
  readonly deliver: (body: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const main = fileURLToPath(new URL('../../../casement/src/main.js', import.meta.url));

/** Starts the real engine with its simulator on `directory`, in a process of its own. */
export const startEngine = async (
  directory: string,
  stores: { readonly [name: string]: string } = {},
): Promise<Engine> => {
  const env = { ...environmentOf(directory), ...stores, PORT: '0', LOG_LEVEL: 'fatal' };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  if (child.exitCode !== null) throw new Error('the engine did not start');
  const { url, appSecret } = JSON.parse(await readFile(join(directory, 'demo.json'), 'utf8'));
  return {
    customerWrites: (from, text) =>
      post(`${url}/simulator/phones/${from}/messages`, JSON.stringify({ text }), {}),
    deliver: (body) => {
      const signature = createHmac('sha256', appSecret).update(body).digest('hex');
      return post(`${url}/webhooks/whatsapp`, body, {
        'x-hub-signature-256': `sha256=${signature}`,
      });
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
};

const post = async (
  url: string,
  body: string,
  headers: { readonly [name: string]: string },
): Promise<void> => {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
};
