import { createHash, type Hash } from 'node:crypto';

const linesKept = 60;

/** What happened, in order: two runs are the same exactly when their traces have the same hash. */
export class Trace {
  readonly #hash: Hash = createHash('sha256');
  readonly #newest: string[] = [];
  lines = 0;

  /** `listen` is told each line. */
  constructor(private readonly listen: ((line: string) => void) | null = null) {}

  note(nowMs: number, who: string, what: string): void {
    const line = `${nowMs.toFixed(3)} ${who} ${what}`;
    this.#hash.update(`${line}\n`);
    this.lines += 1;
    this.#newest.push(line);
    if (this.#newest.length > linesKept) this.#newest.shift();
    this.listen?.(line);
  }

  get newest(): readonly string[] {
    return this.#newest;
  }

  /** Of everything so far. */
  get hash(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }
}
