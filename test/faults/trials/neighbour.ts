import { setTimeout as wait } from 'node:timers/promises';
import { Process } from '../../harness/process.js';
import { Broken } from '../customer.js';
import type { Random } from '../../simulation/machine/random.js';
import type { Lap } from '../lap.js';

const others = 3;
const betweenMs = 500;
const refusedWithinMs = 20_000;

/** Another process is started on the same data directory, under load. */
export const neighbour = async (lap: Lap, _: Random, share: number): Promise<string> => {
  const { dataDirectory, outside } = lap;
  let words = '';
  await lap.spell({}, async () => {
    for (let other = 0; other < others * share; other += 1) {
      await wait(betweenMs);
      const environment = { ...outside.environment };
      const second = Process.launch({ dataDirectory, environment, fileKiBMax: null });
      const late = setTimeout(() => void second.end('SIGKILL'), refusedWithinMs);
      const { code, stderr, stdout } = await second.ended;
      clearTimeout(late);
      words = `${stdout}${stderr}`.trim();
      if (code === 0 || code === null) throw new Broken(`two run on one directory: ${words}`);
      if (!words.includes(dataDirectory))
        throw new Broken(`it is refused without a word: ${words}`);
    }
  });
  return `refused: ${words.split('\n').at(-1)}`;
};
