import { simulate, type Options, type Outcome } from './simulate.js';

export type Smallest = { readonly outcome: Outcome; readonly flags: string };

/** How often a smaller run is tried. */
const triesMax = 40;

/**
 * The run with the fewest messages, and then with the fewest steps in which faults happen, that still
 * breaks the same promise: found by halving, so that it is small, and not the very smallest.
 */
export const smallest = async (options: Options, outcome: Outcome): Promise<Smallest> => {
  let best = { options, outcome };
  let tries = 0;
  const halved = async (
    start: number,
    change: (value: number) => Partial<Options>,
  ): Promise<void> => {
    for (let step = Math.floor(start / 2), at = start; step >= 1 && tries < triesMax; tries += 1) {
      const smaller = { ...best.options, ...change(at - step) };
      const found = await simulate(smaller);
      if (found.broken?.promise === outcome.broken?.promise) {
        best = { options: smaller, outcome: found };
        at -= step;
      }
      step = Math.floor(step / 2);
    }
  };
  await halved(options.sends, (sends) => ({ sends }));
  await halved(Math.min(best.outcome.turns, options.steps), (steps) => ({ steps }));
  const { seed, crash, sends, steps } = best.options;
  const flags = [
    `--seed ${seed}`,
    ...(crash === null ? [] : [`--crash ${crash}`]),
    `--sends ${sends}`,
    ...(steps === Infinity ? [] : [`--steps ${steps}`]),
  ];
  return { outcome: best.outcome, flags: flags.join(' ') };
};
