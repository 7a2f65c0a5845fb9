import { randomBytes, randomUUID } from 'node:crypto';
import type { Chance } from '../ports.js';

const TIME_LETTERS = 7;
const RANDOM_LETTERS = 13;
const RANDOM_RANGE = 36n ** BigInt(RANDOM_LETTERS);

/** Chance from the operating system's source of randomness. */
export class SystemChance implements Chance {
  uuid(): string {
    return randomUUID();
  }

  /** Seven letters of seconds, so that indexes grow at their end, then 67 random bits. */
  id(): string {
    const seconds = Math.floor(Date.now() / 1000).toString(36);
    // 128 bits taken modulo 67 bits: the bias is below one in 10^18.
    const random = BigInt(`0x${randomBytes(16).toString('hex')}`) % RANDOM_RANGE;
    return seconds.padStart(TIME_LETTERS, '0') + random.toString(36).padStart(RANDOM_LETTERS, '0');
  }

  fraction(): number {
    return randomBytes(4).readUInt32BE() / 2 ** 32;
  }
}
