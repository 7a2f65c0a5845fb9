import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../../simulation/machine/random.js';
import type { Lap } from '../lap.js';

const moods = ['slow', 'cut', 'busy', 'broken', 'vague'] as const;
const badMs = 12_000;
const trouble = 0.4;

/** WhatsApp and Twilio are slow, cut the line after the request, say 429 and 500. */
export const provider = async (lap: Lap, random: Random, share: number): Promise<string> => {
  const { graph, twilio } = lap.outside;
  const met = new Map<string, number>();
  const mood = (): (typeof moods)[number] | 'answer' => {
    const drawn = random.happens(trouble) ? random.oneOf(...moods) : 'answer';
    met.set(drawn, (met.get(drawn) ?? 0) + 1);
    return drawn;
  };
  graph.behaves = mood;
  twilio.behaves = mood;
  await lap.spell({}, () => wait(badMs * share));
  graph.behaves = () => 'answer';
  twilio.behaves = () => 'answer';
  return [...met].map(([name, count]) => `${name} ${count}`).join(', ');
};
