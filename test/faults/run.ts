import { Random } from '../simulation/machine/random.js';
import { Lap, type Tally } from './lap.js';

/** Kills on one data directory, and after how many of them its views are compared with the log. */
const killsOfLap = 40;
const viewsEachKills = 10;

export type Outcome = Tally & {
  /** How often the process ended itself at each point. */
  readonly killed: ReadonlyMap<string, number>;
  /** What was not reached in a round, and ended from outside. */
  readonly missed: readonly string[];
};

/**
 * Plays a plan, lap by lap. Throws Broken, with the data left where they are, when a promise is. `program`:
 * where a copy with a guard taken out is.
 */
export const run = async (
  plan: readonly string[],
  seed: number,
  say: (line: string) => void,
  program: string | null = null,
): Promise<Outcome> => {
  const sum: Tally = {
    webhooks: 0,
    mutations: 0,
    accepted: 0,
    sms: 0,
    notConfirmed: 0,
    checks: 0,
  };
  const killed = new Map<string, number>();
  const missed: string[] = [];
  for (let from = 0; from < plan.length; from += killsOfLap) {
    const points = plan.slice(from, from + killsOfLap);
    const where = program === null ? {} : { program };
    const lap = await Lap.start(new Random(`${seed}/lap ${from}`), points.length, where);
    try {
      await kills(lap, points, { killed, missed }, say);
      const told = await lap.settles();
      for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += told[key];
      say(`kept: ${JSON.stringify(told)}`);
    } catch (error) {
      await lap.leave();
      say(`the data are left in ${lap.dataDirectory}`);
      throw error;
    }
    await lap.remove();
  }
  return { ...sum, killed, missed };
};

type Killed = { readonly killed: Map<string, number>; readonly missed: string[] };

const kills = async (
  lap: Lap,
  points: readonly string[],
  { killed, missed }: Killed,
  say: (line: string) => void,
): Promise<void> => {
  for (const [index, failpoint] of points.entries()) {
    const [name = ''] = failpoint.split('@');
    const isReached = await lap.round(failpoint);
    if (isReached) killed.set(name, (killed.get(name) ?? 0) + 1);
    else missed.push(failpoint);
    say(`${index + 1}/${points.length} ${failpoint}${isReached ? '' : ' not reached'}`);
    if (index % viewsEachKills === 0) await lap.checkViews();
  }
};
