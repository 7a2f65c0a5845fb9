import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codeOf, isCodeShaped } from './code.js';

describe('the code of a bridge', () => {
  it('S26: is eleven letters or digits, the same each time', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (key, bridge) => {
        expect(codeOf(key, bridge)).toMatch(/^[0-9A-Za-z]{11}$/);
        expect(codeOf(key, bridge)).toBe(codeOf(key, bridge));
      }),
    );
  });

  it('S26: cannot be had without the key, nor from another bridge', () => {
    expect(codeOf('key', 'bridge1')).not.toBe(codeOf('other', 'bridge1'));
    expect(codeOf('key', 'bridge1')).not.toBe(codeOf('key', 'bridge2'));
  });

  it('S26: prefers no character: χ² over 62 of them stays below the 0.1 % limit', () => {
    const counts = new Map<string, number>();
    const codes = 20_000;
    for (let bridge = 0; bridge < codes; bridge += 1)
      for (const character of codeOf('a key of the spec', `bridge-${bridge}`))
        counts.set(character, (counts.get(character) ?? 0) + 1);
    const expected = (codes * 11) / 62;
    const squares = [...counts.values()].map((count) => (count - expected) ** 2 / expected);
    expect(counts.size).toBe(62);
    // 61 degrees of freedom. With a plain remainder the first eight characters would come a quarter
    // more often than the others, and the sum be in the thousands.
    expect(squares.reduce((sum, square) => sum + square, 0)).toBeLessThan(100.9);
  });

  it('is told from what cannot be one', () => {
    expect(isCodeShaped('abc12345XYZ')).toBe(true);
    for (const odd of [
      '',
      'abc12345XY',
      'abc12345XYZ0',
      'abc12345XY-',
      'abc12345XYZ\n',
      'äbc12345XYZ',
    ])
      expect(isCodeShaped(odd)).toBe(false);
  });
});
