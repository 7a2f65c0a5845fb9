import { rm } from 'node:fs/promises';
import { afterAll, expect, it, jest } from '@jest/globals';
import { guardNames, guards } from '../guards/guards.js';
import { programWithout } from '../guards/without.js';
import { trialNames, tryOut } from './trials.js';

const withinMs = 240_000;
const randomSeeds = 1_000_000_000;
const seed = Math.floor(Math.random() * randomSeeds);
/** As many, and so much of each, as fit into a minute; `npm run faults -- --fault all` does the whole. */
const drawn = 3;
const share = 0.25;
const first = seed % trialNames.length;
const names = [...trialNames, ...trialNames].slice(first, first + drawn);
const said: string[] = [];

jest.setTimeout(withinMs);
afterAll(() => {
  const skipped = said.filter((line) => line.startsWith('SKIPPED'));
  process.stdout.write(`npm run faults -- --fault all --seed ${seed}\n${skipped.join('\n')}\n`);
});

it.each(names)('P1 P8 P9 P10 P13: %s loses nothing, and repeats nothing', async (name) => {
  await tryOut(name, seed, (line) => said.push(line), share);
  expect(said.some((line) => line.includes(name))).toBe(true);
});

it.each(guardNames)('still finds the guard %s, to take it out', async (name) => {
  await rm(await programWithout(guards[name]), { recursive: true });
});
