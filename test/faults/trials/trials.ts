import { Random } from '../../simulation/machine/random.js';
import { Lap } from '../lap.js';
import { clock } from './clock.js';
import { flipped, torn } from './damage.js';
import { neighbour } from './neighbour.js';
import { provider } from './provider.js';
import { SmallDisk } from './small-disk.js';
import { failedSync, fullDisk, shortWrite } from './unwritable.js';

/**
 * Does one thing to a process, and judges what it alone can; answers what was seen. `share`: how much of
 * it is done, of 1.
 */
type Trial = (lap: Lap, random: Random, share: number) => Promise<string>;

const trials = {
  'disk-full': fullDisk,
  'short-write': shortWrite,
  fsync: failedSync,
  torn,
  flipped,
  clock,
  provider,
  neighbour,
} as const satisfies { readonly [name: string]: Trial };

export type TrialName = keyof typeof trials;
export const trialNames = Object.keys(trials) as readonly TrialName[];

/**
 * One fault on a data directory of its own, and then the same verdict as after kills. Throws Broken, with
 * the data left where they are.
 */
export const tryOut = async (
  name: TrialName,
  seed: number,
  say: (line: string) => void,
  share = 1,
): Promise<void> => {
  // The log's open file is found by /proc.
  if (name === 'fsync' && process.platform !== 'linux')
    return say(`SKIPPED ${name}: it needs Linux`);
  const disk = name === 'disk-full' ? await SmallDisk.mount() : null;
  if (name === 'disk-full' && disk === null)
    return say(`SKIPPED ${name}: it needs Linux, and root to mount a small file system`);
  try {
    const random = new Random(`${seed}/${name}`);
    await tried({ name, random, share, under: disk?.path }, say);
  } finally {
    await disk?.unmount();
  }
};

type Trying = {
  readonly name: TrialName;
  readonly random: Random;
  readonly share: number;
  readonly under: string | undefined;
};

const tried = async (
  { name, random, share, under }: Trying,
  say: (line: string) => void,
): Promise<void> => {
  const lap = await Lap.start(random, 1, under === undefined ? {} : { under });
  try {
    say(`${name}: ${await trials[name](lap, random, share)}`);
    say(`kept: ${JSON.stringify(await lap.settles())}`);
  } catch (error) {
    await lap.leave();
    say(`the data are left in ${lap.dataDirectory}`);
    throw error;
  }
  await lap.remove();
};
