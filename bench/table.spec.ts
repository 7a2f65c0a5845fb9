import { describe, expect, it } from '@jest/globals';
import type { Line } from './bench.js';
import { median, percentile, resultOf, tableOf } from './table.js';

const line: Line = {
  work: 'appending',
  unit: '/s',
  casement: 'ours',
  baseline: 'bare',
  aim: { atLeast: 0.5 },
};

describe('the table of the benches', () => {
  it('takes the middle, and the value below which a share lies', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(percentile([4, 3, 2, 1], 0.99)).toBe(4);
    expect(median([])).toBeNaN();
  });

  it('compares within each round, so that a slow round counts for both', () => {
    const rounds = [
      { ours: 60, bare: 100 },
      { ours: 6, bare: 10 },
      { ours: 40, bare: 100 },
    ];
    expect(resultOf(line, rounds)).toMatchObject({ compared: 0.6, isMet: true });
  });

  it('says on which side of its aim a line stands, the aim itself included', () => {
    expect(resultOf(line, [{ ours: 50, bare: 100 }]).isMet).toBe(true);
    expect(resultOf(line, [{ ours: 49, bare: 100 }]).isMet).toBe(false);
    const late: Line = { ...line, baseline: null, aim: { atMost: 20 } };
    expect(resultOf(late, [{ ours: 20 }]).isMet).toBe(true);
    expect(resultOf(late, [{ ours: 20.1 }]).isMet).toBe(false);
    expect(resultOf({ ...line, aim: null }, [{ ours: 1, bare: 1 }]).isMet).toBeNull();
  });

  it('does not call met what was not measured', () => {
    expect(resultOf(line, [{ ours: 50 }]).isMet).toBe(false);
  });

  it('prints a line of Markdown for each', () => {
    const table = tableOf([resultOf(line, [{ ours: 49, bare: 100 }])]);
    expect(table.split('\n').at(-1)).toBe(
      '| appending | 49 /s    | 100 /s   | 0.49  | at least 0.5 | NO  |',
    );
  });
});
