import { StoreNotWritable } from '../port.js';

/**
 * Fail-stop: after one write has failed (disk full, failed sync, bad row) none is tried again until
 * the restart, because a failed sync may have left pages marked clean that never reached the disk.
 */
export class Writability {
  #refusal: string | null = null;

  get refusal(): string | null {
    return this.#refusal;
  }

  /** Remembers the first failure; gives the error for whoever met it. */
  stop(cause: unknown): StoreNotWritable {
    this.#refusal ??= cause instanceof Error ? cause.message : String(cause);
    return this.error(cause);
  }

  check(): void {
    if (this.#refusal !== null) throw this.error(null);
  }

  private error(cause: unknown): StoreNotWritable {
    return new StoreNotWritable(
      `nothing can be written until the restart: ${this.#refusal ?? 'unknown'}`,
      cause === null ? {} : { cause },
    );
  }
}
