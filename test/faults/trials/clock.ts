import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../../simulation/machine/random.js';
import { Broken } from '../customer.js';
import type { Lap } from '../lap.js';
import { Commander } from '../orders.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const steps = 12;
const standsMs = 900;
/** Longer than the furthest step forward: what was started then is over. */
const catchesUpMs = 4 * hourMs;

/** The wall clock of the process, in all its threads, steps forward and backward under load. */
export const clock = async (lap: Lap, random: Random, share: number): Promise<string> => {
  const commander = await Commander.begin();
  const taken: number[] = [];
  lap.order = 'any';
  try {
    await lap.spell({ environment: commander.environment }, async () => {
      for (let step = 0; step < steps * share; step += 1) {
        const minutes = random.oneOf(0, 1, -1, 2, -2, 45, -45, 180, -180);
        taken.push(minutes);
        await commander.orders({ wallMs: minutes * minuteMs });
        await wait(standsMs);
      }
    });
  } finally {
    await commander.end();
  }
  for (const { phone, wanted } of lap.talkers)
    for (const { text, refusal } of wanted)
      if (refusal !== null) throw new Broken(`"${text}" to ${phone} was refused: ${refusal}`);
  lap.waits(catchesUpMs);
  return `steps, in minutes: ${taken.join(' ')}`;
};
