import { afterAll, expect, it, jest } from '@jest/globals';
import { failpointNames } from '#edge';
import { Random } from '../simulation/machine/random.js';
import { planOf } from './plan.js';
import { run } from './run.js';

/** As many as fit into a minute; `npm run faults` goes to each point. */
const kills = 10;
const withinMs = 600_000;
const randomSeeds = 1_000_000_000;
const seed = Math.floor(Math.random() * randomSeeds);
const said: string[] = [];

jest.setTimeout(withinMs);
afterAll(() => {
  process.stdout.write(`npm run faults -- --kills ${kills} --seed ${seed}\n`);
}, withinMs);

it('P1 P8 P9 P10 P13 P15: killed at any point, it loses nothing and repeats nothing', async () => {
  const plan = planOf(failpointNames, kills, new Random(`${seed}/plan`));
  const { killed, missed, ...sum } = await run(plan, seed, (line) => said.push(line));
  expect(killed.size + missed.length).toBe(kills);
  expect(missed.length).toBeLessThanOrEqual(1);
  expect(sum.accepted).toBeGreaterThan(0);
  expect(sum.sms).toBeGreaterThan(0);
});

it('draws each point once before any comes twice', () => {
  const names = planOf(failpointNames, 2 * failpointNames.length, new Random('any')).map(
    (failpoint) => failpoint.split('@')[0],
  );
  const all = new Set<string | undefined>(failpointNames);
  expect(new Set(names.slice(0, failpointNames.length))).toEqual(all);
  expect(new Set(names.slice(failpointNames.length))).toEqual(all);
});
