import { describe, expect, it } from '@jest/globals';
import type { Position } from '#kernel';
import { LogCorrupted } from '#event-store';
import { checkEnd } from './log-end.js';

const before = '000f' as Position;
const at = '0010' as Position;
const after = '0011' as Position;
const checks = (head: Position | null, seen: Position | null) =>
  checkEnd({ head: async () => head }, { position: () => seen });

describe('a log that has lost its end', () => {
  it('P3: is not served: the views have seen more of it', async () => {
    await expect(checks(at, after)).rejects.toThrow(LogCorrupted);
    await expect(checks(at, after)).rejects.toThrow('at position 0011: the log ends at 0010');
    await expect(checks(null, before)).rejects.toThrow('the log is empty');
  });

  it('is whole where the views stand at its end, behind it, or nowhere', async () => {
    await expect(checks(at, at)).resolves.toBeUndefined();
    await expect(checks(at, before)).resolves.toBeUndefined();
    await expect(checks(at, null)).resolves.toBeUndefined();
    await expect(checks(null, null)).resolves.toBeUndefined();
  });
});
