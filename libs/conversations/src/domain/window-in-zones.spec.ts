import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { Reckoned } from '../spec/window-in-zone.js';

const program = fileURLToPath(new URL('../spec/window-in-zone.js', import.meta.url));
const historiesInEach = 10_000;

/** When the clocks change in 2026: by an hour, by half an hour, or never. */
const zones: { readonly [zone: string]: readonly string[] } = {
  UTC: [],
  'Asia/Kolkata': [],
  'Europe/London': ['2026-03-29T01:00:00.000Z', '2026-10-25T01:00:00.000Z'],
  'America/New_York': ['2026-03-08T07:00:00.000Z', '2026-11-01T06:00:00.000Z'],
  'Pacific/Chatham': ['2026-04-04T14:00:00.000Z', '2026-09-26T14:00:00.000Z'],
  'Australia/Lord_Howe': ['2026-04-04T15:00:00.000Z', '2026-10-03T15:30:00.000Z'],
};

/** A process of its own in each zone: the zone of a process is fixed when it begins. */
const reckonedIn = async (zone: string): Promise<Reckoned> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--enable-source-maps', program, String(historiesInEach)],
    { env: { TZ: zone } },
  );
  return JSON.parse(stdout) as Reckoned;
};

describe('the window, reckoned a second time from all that happened', () => {
  it('F42: is the same to the millisecond a million times, wherever clocks change', async () => {
    const reckoned = await Promise.all(
      Object.entries(zones).map(async ([zone, changes]) => {
        const here = await reckonedIn(zone);
        expect(here.changes).toEqual(changes);
        for (const count of [here.open, here.cases - here.open, here.started, here.held])
          expect(count).toBeGreaterThan(1_000);
        expect(here.refused).toBeGreaterThan(400);
        return here.cases;
      }),
    );
    expect(reckoned.reduce((sum, cases) => sum + cases)).toBeGreaterThan(1_000_000);
  }, 120_000);
});
