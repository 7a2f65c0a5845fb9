/**
 * Keys that were asked for lately: at most so many, and none for longer than `ageMsMax` since it was
 * asked for, so that one which somebody else has destroyed does not live on here.
 */
export class AgeingKeys {
  /** Least recently asked for first. */
  readonly #keys = new Map<string, { readonly key: Buffer; readonly askedAtMs: number }>();
  #forgotten = 0;

  constructor(
    private readonly limits: { readonly keysMax: number; readonly ageMsMax: number },
    private readonly monotonicMs: () => number,
  ) {}

  /** To be taken before a key is asked for, and given back with it. */
  asking(): { readonly askedAtMs: number; readonly forgotten: number } {
    return { askedAtMs: this.monotonicMs(), forgotten: this.#forgotten };
  }

  get(name: string): Buffer | undefined {
    const known = this.#keys.get(name);
    if (known === undefined) return undefined;
    if (this.monotonicMs() - known.askedAtMs < this.limits.ageMsMax) return known.key;
    this.#keys.delete(name);
    return undefined;
  }

  /** Keeps it, unless something was forgotten since it was asked for: that may have been this one. */
  keep(name: string, key: Buffer, asked: ReturnType<AgeingKeys['asking']>): void {
    if (asked.forgotten !== this.#forgotten) return;
    const [oldest] = this.#keys.keys();
    if (this.#keys.size >= this.limits.keysMax && oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.set(name, { key, askedAtMs: asked.askedAtMs });
  }

  forget(name: string): void {
    this.#forgotten += 1;
    this.#keys.delete(name);
  }

  forgetAll(): void {
    this.#forgotten += 1;
    this.#keys.clear();
  }
}
