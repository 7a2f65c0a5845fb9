import { readFlags, usage } from './flags.js';
import { simulate, usual, type Outcome } from './simulate.js';
import { smallest } from './smallest.js';

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const line = (outcome: Outcome): string =>
  [
    `seed ${outcome.seed}`,
    `trace ${outcome.hash}`,
    `${outcome.turns} turns`,
    `${outcome.starts} starts`,
    `${outcome.wishes} wishes`,
    `${outcome.accepted} accepted`,
    outcome.broken ? `BROKEN ${outcome.broken.message}` : 'kept',
  ].join('  ');

const run = async (): Promise<number> => {
  const flags = readFlags(process.argv.slice(2));
  if (typeof flags === 'string') {
    say(flags);
    return flags === usage ? 0 : 2;
  }
  const { seed, runs, trace, quiet, ...given } = flags;
  const listen = trace ? (told: string) => void say(told) : null;
  const beganAt = performance.now();
  const sums = { wishes: 0, accepted: 0, starts: 0, turns: 0, virtualMs: 0, broken: 0 };
  for (let number = 0; number < runs; number += 1) {
    const options = { ...usual, ...given, listen, seed: seed + number };
    const outcome = await simulate(options);
    sums.wishes += outcome.wishes;
    sums.accepted += outcome.accepted;
    sums.starts += outcome.starts;
    sums.turns += outcome.turns;
    sums.virtualMs += outcome.virtualMs;
    if (!quiet || outcome.broken) say(line(outcome));
    if (!outcome.broken) continue;
    sums.broken += 1;
    const least = await smallest({ ...options, listen: null }, outcome);
    say(least.outcome.trace.join('\n'));
    say(`again: npm run simulate -- ${least.flags}`);
  }
  const seconds = (performance.now() - beganAt) / 1_000;
  const days = Math.round(sums.virtualMs / 86_400_000);
  say(
    `${runs} runs from seed ${seed}, ${sums.broken} broken: ${sums.wishes} wishes, ` +
      `${sums.accepted} accepted, ${sums.starts} starts, ${sums.turns} turns, ` +
      `${days} days in ${seconds.toFixed(1)} s`,
  );
  return sums.broken === 0 ? 0 : 1;
};

process.exitCode = await run();
