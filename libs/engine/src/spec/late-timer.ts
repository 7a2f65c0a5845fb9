import type { Timer } from '../ports.js';

/**
 * The timer of a process that was stopped and goes on: by its clock time has passed, and what was to
 * fire meanwhile has not fired yet.
 */
export class LateTimer implements Timer {
  #stoppedMs = 0;

  constructor(private readonly timer: Timer) {}

  stopFor(ms: number): void {
    this.#stoppedMs += ms;
  }

  monotonicMs(): number {
    return this.timer.monotonicMs() + this.#stoppedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.timer.sleep(ms, signal);
  }
}
