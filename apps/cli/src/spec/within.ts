import { run } from '../run.js';
import { environmentOf, type Ended } from './casement.js';

/** The cli within this process: the engine's code is loaded once for all tests. */
export const casementWithin = async (
  words: readonly string[],
  environment: ReturnType<typeof environmentOf>,
  interrupted: AbortSignal = new AbortController().signal,
): Promise<Ended> => {
  const out: string[] = [];
  const told: string[] = [];
  const code = await run(words, {
    environment,
    out: (line) => out.push(`${line}\n`),
    taken: async () => {},
    tell: (line) => told.push(`${line}\n`),
    interrupted,
  });
  return { code, out: out.join(''), told: told.join('') };
};
