import { describe, expect, it } from '@jest/globals';
import { simulate, usual } from './simulate.js';
import {
  withoutBridgeInterval,
  withoutDeduplication,
  withoutIntent,
  withoutSecondLook,
  type Sabotage,
} from './spec/sabotage.js';

const findWithinMs = 240_000;

/** The first promise that is broken within so many seeds, and null when none is. */
const found = async (deciding: Sabotage, seeds: number): Promise<string | null> => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { broken } = await simulate({ ...usual, seed, crash: 0.02, deciding });
    if (broken) return broken.promise;
  }
  return null;
};

describe('what the simulation finds when one guard is taken out', () => {
  it.each([
    ['the intent is not written before the call', withoutIntent, 3, 'P9'],
    ['what a customer wrote is not looked for among what is known', withoutDeduplication, 3, 'P7'],
    ['the window is not asked for again before a message leaves', withoutSecondLook, 40, 'P12'],
    ['a bridge does not know of the one before', withoutBridgeInterval, 40, 'P13'],
  ] as const)(
    '%s',
    async (_, sabotage, seeds, promise) => {
      expect(await found(sabotage, seeds)).toBe(promise);
    },
    findWithinMs,
  );
});
