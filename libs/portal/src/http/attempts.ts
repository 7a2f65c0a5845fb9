/** What somebody was admitted to; `forgive` takes it off the count again. */
export type Attempt = { readonly forgive: () => void };

type Rule = { readonly max: number; readonly periodMs: number; readonly keysMax: number };

/**
 * Counts attempts by key over a sliding period, in bounded memory. An attempt counts from the moment
 * it is made, so that many at once are not all admitted before the first is known to have failed.
 */
export class Attempts {
  private readonly made = new Map<string, readonly number[]>();

  constructor(
    private readonly rule: Rule,
    private readonly monotonicMs: () => number,
  ) {}

  /** Null when the key has made as many attempts as it may. */
  admit(key: string): Attempt | null {
    const nowMs = this.monotonicMs();
    const recent = this.recent(key, nowMs);
    if (recent.length >= this.rule.max) return null;
    this.keep(key, [...recent, nowMs]);
    return { forgive: () => this.forgive(key, nowMs) };
  }

  /** Whether the next attempt would be refused. */
  isSpent(key: string): boolean {
    return this.recent(key, this.monotonicMs()).length >= this.rule.max;
  }

  private recent(key: string, nowMs: number): readonly number[] {
    const since = nowMs - this.rule.periodMs;
    return (this.made.get(key) ?? []).filter((atMs) => atMs > since);
  }

  private forgive(key: string, atMs: number): void {
    const times = [...(this.made.get(key) ?? [])];
    const index = times.indexOf(atMs);
    if (index >= 0) times.splice(index, 1);
    if (times.length === 0) this.made.delete(key);
    else this.made.set(key, times);
  }

  private keep(key: string, times: readonly number[]): void {
    this.made.delete(key);
    this.made.set(key, times);
    const [oldest] = this.made.keys();
    if (this.made.size > this.rule.keysMax && oldest !== undefined) this.made.delete(oldest);
  }
}
