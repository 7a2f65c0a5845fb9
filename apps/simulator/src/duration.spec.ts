import { describe, expect, it } from '@jest/globals';
import { parseDuration } from './duration.js';

describe('a duration', () => {
  it.each([
    ['PT1H', 3_600_000],
    ['PT23H59M59.999S', 86_399_999],
    ['P1D', 86_400_000],
    ['P1W', 604_800_000],
    ['P1DT1M', 86_460_000],
    ['PT0.5S', 500],
    ['PT0S', 0],
    ['-PT1S', -1_000],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', 'P', 'PT', 'P1DT', '1H', 'PT1H ', 'P1Y', 'P1M', 'PT1.5H', 'PT1.0001S', 'pt1h'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeNull(),
  );

  it('beyond what can be counted is none', () => {
    expect(parseDuration('P99999999999999999D')).toBeNull();
  });
});
