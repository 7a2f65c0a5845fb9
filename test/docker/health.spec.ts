import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../repository.js';

const endedAfterMs = 15_000;
const script = join(root, 'docker/health.mjs');

const exitCode = async (port: number, ...asked: readonly string[]): Promise<unknown> => {
  const env = { PORT: String(port) };
  // One that waits for ever is ended, and has no code then.
  const options = { env, stdio: 'inherit', timeout: endedAfterMs } as const;
  const [code]: readonly unknown[] = await once(
    spawn(process.execPath, [script, ...asked], options),
    'exit',
  );
  return code;
};

/** The exit code, asked of a server that answers so. */
const codeBefore = async (
  answer: RequestListener,
  ...asked: readonly string[]
): Promise<unknown> => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    return await exitCode(typeof address === 'object' ? (address?.port ?? 0) : 0, ...asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

describe('the question for the health of a container', () => {
  it('is answered by a process that lives, ready or not', async () => {
    const alive: RequestListener = ({ url }, response) =>
      void response.writeHead(url === '/health/live' ? 200 : 503).end();
    expect(await codeBefore(alive)).toBe(0);
    expect(await codeBefore(alive, 'ready')).toBe(1);
  });

  it('is not answered by one that is away, fails, or says nothing', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    await new Promise((resolve) => taken.close(resolve));
    expect(await exitCode(typeof address === 'object' ? (address?.port ?? 0) : 0)).toBe(1);
    expect(await codeBefore((_, response) => void response.writeHead(500).end())).toBe(1);
    expect(await codeBefore(() => undefined)).toBe(1);
  });
});
