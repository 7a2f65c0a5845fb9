import { describe, expect, it } from '@jest/globals';
import { benches } from './benches.js';
import { resultOf } from './table.js';

const quickly = { scale: 0.002, say: () => undefined };

describe('the benches', () => {
  it.each(benches)(
    'measure all that they show: $name',
    async ({ lines, prepare }) => {
      const { round, close } = await prepare(quickly);
      const readings = await round(0);
      await close();
      for (const line of lines) {
        const { casement, baseline } = resultOf(line, [readings]);
        // What is over within one tick of two processes' clocks has taken no time, or less.
        const shown = line.baseline === null ? [casement] : [casement, baseline ?? Number.NaN];
        const isMeasured = shown.every(Number.isFinite);
        expect({ work: line.work, isMeasured }).toEqual({ work: line.work, isMeasured: true });
      }
    },
    120_000,
  );
});
