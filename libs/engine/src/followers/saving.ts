import { firstOf } from '../signals.js';
import type { FollowerTools, Term } from './tools.js';

/**
 * Decides when a checkpoint is saved: at most so many events, or so long, after the first one that
 * is not saved yet. One save at a time.
 */
export class Saving {
  #unsaved = 0;
  #waiting = false;
  #enough = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(
    /** Saves what is so now. Throws only when the term is over. */
    private readonly save: () => Promise<void>,
    private readonly term: Term,
    private readonly tools: FollowerTools,
  ) {}

  moved(): void {
    this.#unsaved += 1;
    if (this.#unsaved >= this.tools.limits.checkpointEvents) this.#enough.abort();
    if (!this.#waiting) void this.#saveSoon();
  }

  /** Saves at once, after the save that may be under way. Does nothing once the term is over. */
  now(): Promise<void> {
    this.#last = this.#last.then(async () => {
      this.#unsaved = 0;
      if (this.term.over.aborted) return;
      try {
        await this.save();
      } catch {
        // The lease has gone, or the term is over: whoever leads next begins at the last checkpoint.
      }
    });
    return this.#last;
  }

  async #saveSoon(): Promise<void> {
    this.#waiting = true;
    while (this.#unsaved > 0 && !this.term.ending.aborted) {
      this.#enough = new AbortController();
      if (this.#unsaved < this.tools.limits.checkpointEvents) await this.#pause();
      await this.now();
    }
    this.#waiting = false;
  }

  async #pause(): Promise<void> {
    const wake = firstOf(this.#enough.signal, this.term.ending);
    await this.tools.timer.sleep(this.tools.limits.checkpointMs, wake.signal).catch(() => {});
    wake.abort();
  }
}
