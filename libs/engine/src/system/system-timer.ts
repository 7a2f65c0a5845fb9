import type { Timer } from '../ports.js';
import { pause } from './pause.js';

/** Elapsed time by the machine's monotonic clock. */
export class SystemTimer implements Timer {
  monotonicMs(): number {
    return performance.now();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const endsAtMs = this.monotonicMs() + ms;
    do {
      signal?.throwIfAborted();
      await pause(endsAtMs - this.monotonicMs(), signal);
      signal?.throwIfAborted();
    } while (this.monotonicMs() < endsAtMs);
  }
}
