import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { anEvent, aStream, revisions, someEvents } from './spec/a-node.js';

const main = join(import.meta.dirname, 'main.js');

/** The process, and the first line that it says. */
const run = async (...flags: string[]): Promise<[ChildProcess, string]> => {
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return [child, String(line)];
};

const ended = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<unknown> => {
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = await exit;
  return code;
};

describe('a node as a process of its own', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'casement-node-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('goes on after a kill, on the same port, with what was written', async () => {
    const [first, connectionString] = await run('--directory', directory);
    const port = new URL(connectionString).port;
    const client = EventStoreDBClient.connectionString(connectionString);
    const stream = aStream();
    const events = someEvents(3);
    await client.appendToStream(stream, events, { expectedRevision: 'no_stream' });
    await client.setStreamMetadata(stream, { maxCount: 2 });
    await ended(first, 'SIGKILL');
    const [second] = await run('--directory', directory, '--port', port);
    try {
      const shown = await eventually('the client is connected again', () =>
        revisions(client.readStream(stream)),
      );
      expect(shown).toEqual([1n, 2n]);
      const again = await client.appendToStream(stream, events, { expectedRevision: 'no_stream' });
      expect(again.nextExpectedRevision).toBe(2n);
      await client.appendToStream(stream, anEvent(), { expectedRevision: 2n });
      expect(await revisions(client.readStream(stream))).toEqual([2n, 3n]);
      await client.dispose();
    } finally {
      expect(await ended(second, 'SIGTERM')).toBe(0);
    }
  });

  it('says how it is used, and what was wrong', async () => {
    const [helped, usage] = await run('--help');
    const [refused, words] = await run('--port', '1');
    expect(usage).toContain('--directory D');
    expect(words).toBe('--directory is missing');
    for (const child of [helped, refused]) if (child.exitCode === null) await once(child, 'exit');
    expect([helped.exitCode, refused.exitCode]).toEqual([0, 2]);
  });
});
