/**
 * Reads that many subscribers want at the same moment, made once: the key names what is read and the
 * change that it is read after, so that an answer is never older than the change.
 */
export class SharedReads<T> {
  private readonly reads = new Map<string, Promise<T>>();

  /** `keptMax` answers are kept; the oldest goes first. */
  constructor(private readonly keptMax: number) {}

  /** A read that failed is not kept: the next one tries again. */
  read(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.reads.get(key);
    if (known) return known;
    const made = make();
    this.reads.set(key, made);
    made.catch(() => this.reads.delete(key));
    const [oldest] = this.reads.keys();
    if (this.reads.size > this.keptMax && oldest !== undefined) this.reads.delete(oldest);
    return made;
  }
}
