import { cp, mkdtemp, open, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Process, type Ended, type Environment } from '../../harness/process.js';
import type { Random } from '../../simulation/machine/random.js';
import { Broken } from '../customer.js';
import type { Lap } from '../lap.js';

const loadMs = 3_000;
const tries = 12;
/** How a process says where the log is damaged, or that it is no log at all. */
const namesPlace = /position|log\.db|not a database|malformed/i;

type Damage = {
  readonly what: string;
  readonly make: (path: string, random: Random) => Promise<string>;
};

/** The file of the log is cut off somewhere. */
export const torn = (lap: Lap, random: Random, share: number): Promise<string> =>
  damaged(lap, random, share, {
    what: 'cut',
    make: async (path) => {
      const at = random.below((await stat(path)).size);
      await truncate(path, at);
      return `at ${at}`;
    },
  });

/** One bit of the log's file is another. */
export const flipped = (lap: Lap, random: Random, share: number): Promise<string> =>
  damaged(lap, random, share, {
    what: 'flipped',
    make: async (path) => {
      const file = await open(path, 'r+');
      const at = random.below((await file.stat()).size);
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, at);
      byte[0] = (byte[0] ?? 0) ^ (1 << random.below(8));
      await file.write(byte, 0, 1, at);
      await file.close();
      return `at ${at}`;
    },
  });

/**
 * Whatever is wrong with the file: a process that starts on it has the whole log, and one that does not
 * start says why. It is never shorter or another in silence; and who reads it all reads it as it was, or
 * is told the place. The views have seen all of it: what was cut off before they had is not missed.
 */
const damaged = async (
  lap: Lap,
  random: Random,
  share: number,
  { what, make }: Damage,
): Promise<string> => {
  const times = tries * share;
  await lap.spell({}, () => wait(loadMs * share));
  await lap.idles();
  const copies = await mkdtemp(join(tmpdir(), 'casement-damage-'));
  const told: Told = { harmless: 0, foundInReading: 0, refusedToStart: 0 };
  try {
    const expected = (await eventsOf(lap.dataDirectory)).stdout;
    for (let time = 0; time < times; time += 1) {
      const directory = join(copies, String(time));
      await cp(lap.dataDirectory, directory, { recursive: true });
      const name = random.oneOf('log.db', 'log.db-wal');
      const place = `${name} ${what} ${await make(join(directory, name), random)}`;
      await judge(place, { directory, environment: lap.outside.environment }, expected, told);
      await rm(directory, { recursive: true, force: true });
    }
  } finally {
    await rm(copies, { recursive: true, force: true });
  }
  return `${times} times: ${JSON.stringify(told)}`;
};

type Told = { harmless: number; foundInReading: number; refusedToStart: number };
type Place = { readonly directory: string; readonly environment: Environment };

const eventsOf = (directory: string): Promise<Ended> => Process.command(directory, {}, ['events']);

const judge = async (
  what: string,
  { directory, environment }: Place,
  expected: string,
  told: Told,
): Promise<void> => {
  const reason = await startsOn(directory, environment);
  if (reason !== null) {
    if (!namesPlace.test(reason)) throw new Broken(`${what}: it does not say where: ${reason}`);
    told.refusedToStart += 1;
    return;
  }
  const { code, stdout, stderr } = await eventsOf(directory);
  if (code !== 0 && namesPlace.test(stderr)) told.foundInReading += 1;
  else if (code !== 0) throw new Broken(`${what}: no place is named: ${stderr}`);
  else if (stdout.startsWith(expected)) told.harmless += 1;
  else throw new Broken(`${what}: it serves another log, and does not say so`);
};

/** What it says when it does not start; null: it starts, and is ended in order. */
const startsOn = async (
  dataDirectory: string,
  environment: Environment,
): Promise<string | null> => {
  const process = Process.launch({ dataDirectory, environment, fileKiBMax: null });
  try {
    await process.up();
  } catch {
    const { stdout, stderr } = await process.end('SIGKILL');
    return `${stdout}${stderr}`;
  }
  await process.end('SIGTERM');
  return null;
};
