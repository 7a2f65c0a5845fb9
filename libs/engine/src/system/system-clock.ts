import type { Clock } from '../ports.js';
import { pause } from './pause.js';

/** Domain time is the wall's. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  /** The wall may be set back while we wait: what counts is what it shows when we wake. */
  async until(epochMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.now() < epochMs) await pause(epochMs - this.now(), signal);
  }
}
