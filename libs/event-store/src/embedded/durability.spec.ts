import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '../port.js';
import { aDirectory, keyEncryptionKey, type DataDirectory } from '../spec/data-directory.js';
import { collected } from '../spec/driver.js';
import type { Acknowledged } from '../spec/appending-process.js';

const CYCLES = 24;
const ALIVE_MS_MAX = 60;
const program = fileURLToPath(new URL('../spec/appending-process.js', import.meta.url));

const appending = (directory: string, cycle: number): ChildProcess =>
  spawn(process.execPath, [program, directory, keyEncryptionKey.toString('hex'), String(cycle)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Runs the appending process until it is killed, at a random moment after its first answer. */
const killed = async (directory: string, cycle: number): Promise<readonly Acknowledged[]> => {
  const child = appending(directory, cycle);
  const exited = once(child, 'exit');
  const acknowledged: Acknowledged[] = [];
  if (child.stdout === null) throw new Error('the process has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (acknowledged.length === 0)
      setTimeout(() => child.kill('SIGKILL'), Math.random() * ALIVE_MS_MAX);
    // A line cut in two by the kill has not been told.
    if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as Acknowledged);
  }
  await exited;
  return acknowledged;
};

const check = async (
  { open }: DataDirectory,
  cycle: number,
  acknowledged: readonly Acknowledged[],
): Promise<void> => {
  const { store, keys, close } = await open();
  const prefixes = [`cycle${cycle}-`];
  const kept = await collected(store.readAll({ direction: 'forwards', prefixes }));
  const byId = new Map(kept.map((event): [string, StoredEvent] => [event.id, event]));
  for (const { ids, position, revision, subject, key } of acknowledged) {
    const events = ids.map((id) => byId.get(id));
    expect(events.every((event) => event !== undefined)).toBe(true);
    expect(events.at(-1)).toMatchObject({ position, revision: BigInt(revision) });
    expect((await keys.find('acme', subject))?.toString('hex')).toBe(key);
  }
  const appends = new Map<unknown, StoredEvent[]>();
  for (const event of kept) {
    const append = event.data['append'];
    appends.set(append, [...(appends.get(append) ?? []), event]);
  }
  for (const events of appends.values()) expect(events).toHaveLength(3);
  await close();
};

describe('an acknowledged event', () => {
  it('P1, P2: survives SIGKILL at any moment, whole appends only, its key with it', async () => {
    const place = await aDirectory();
    let survived = 0;
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const acknowledged = await killed(place.directory, cycle);
      await check(place, cycle, acknowledged);
      survived += acknowledged.length;
    }
    expect(survived).toBeGreaterThan(CYCLES);
    await place.cleanup();
  }, 120_000);
});
