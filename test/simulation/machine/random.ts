import { createHash } from 'node:crypto';
import type { Chance } from '#engine';

/** Chance that is the same for the same seed, on any machine: sfc32. */
export class Random {
  readonly #state: Uint32Array;

  constructor(private readonly seed: string) {
    const hash = createHash('sha256').update(seed).digest();
    this.#state = Uint32Array.from([0, 4, 8, 12], (offset) => hash.readUInt32BE(offset));
  }

  /** A stream of its own, so that drawing more here changes nothing there. */
  fork(name: string): Random {
    return new Random(`${this.seed}/${name}`);
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#state;
    const drawn = (a + b + d) >>> 0;
    this.#state.set([b ^ (b >>> 9), (c + (c << 3)) >>> 0, ((c << 21) | (c >>> 11)) + drawn, d + 1]);
    return drawn / 2 ** 32;
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number of at least 0 and less than `count`. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  between(min: number, max: number): number {
    return min + this.fraction() * (max - min);
  }

  oneOf<T>(first: T, ...others: readonly T[]): T {
    return [first, ...others][this.below(others.length + 1)] ?? first;
  }

  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('');
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }
}

const hexadecimal = '0123456789abcdef';
const lettersAndDigits = '0123456789abcdefghijklmnopqrstuvwxyz';

/** The engine's port for chance. */
export const chanceOf = (random: Random): Chance => ({
  uuid: () => [8, 4, 4, 4, 12].map((length) => random.text(hexadecimal, length)).join('-'),
  id: () => random.text(lettersAndDigits, 20),
  fraction: () => random.fraction(),
});
