import type { Bench, Prepared, Readings, Settings } from '../bench.js';
import { temporaryDirectory } from '../support/embedded.js';
import { Forked } from '../support/forked.js';
import { median, percentile } from '../table.js';
import type { Armed, Ask, Expired } from './ask.js';

const windows = 1_000_000;
const closing = 10_000;

const round = async (
  engine: Forked,
  number: number,
  scale: number,
): Promise<Omit<Readings, 'memoryMb'>> => {
  const count = Math.ceil(closing * scale);
  const ask: Ask = { kind: 'expire', round: number, count };
  const { late } = await engine.ask<Expired>(ask);
  const decided = late.map(({ decidedMs }) => decidedMs);
  const durable = late.map(({ durableMs }) => durableMs);
  return {
    decidedP99Ms: percentile(decided, 0.99),
    durableMedianMs: median(durable),
    durableP99Ms: percentile(durable, 0.99),
  };
};

const prepare = async ({ scale, say }: Settings): Promise<Prepared> => {
  const { directory, remove } = await temporaryDirectory();
  const count = Math.ceil(windows * scale);
  say(`expiry: ${count} windows are opened`);
  const script = new URL('./engine.js', import.meta.url);
  const engine = new Forked(script, [directory, String(count)]);
  const { memoryMb } = await engine.ask<Armed>({ kind: 'armed' } satisfies Ask);
  return {
    round: async (number) => ({ ...(await round(engine, number, scale)), memoryMb }),
    close: async () => {
      await engine.close();
      await remove();
    },
  };
};

/** A million open windows, of which ten thousand close within one second. */
export const expiry: Bench = {
  name: 'expiry',
  lines: [
    {
      work: '10,000 of 1,000,000 windows close in 1 s: p99 late',
      unit: 'ms',
      casement: 'durableP99Ms',
      baseline: null,
      aim: { atMost: 20 },
    },
    {
      work: 'the same: p99 until decided',
      unit: 'ms',
      casement: 'decidedP99Ms',
      baseline: null,
      aim: null,
    },
    {
      work: 'the same: median',
      unit: 'ms',
      casement: 'durableMedianMs',
      baseline: null,
      aim: null,
    },
    {
      work: 'memory of 1,000,000 armed deadlines',
      unit: 'MB',
      casement: 'memoryMb',
      baseline: null,
      aim: { atMost: 25 },
    },
  ],
  prepare,
};
