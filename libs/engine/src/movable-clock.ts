import type { Clock } from './ports.js';
import { firstOf } from './signals.js';

/** All that a movable clock knows besides the wall: enough to go on after a restart. */
export type MovableClockState = {
  readonly offsetMs: number;
  readonly frozenAtMs: number | null;
};

/** Domain time only ever grows: what has been decided at an instant cannot lie in the future. */
export class ClockWouldGoBack extends Error {
  override readonly name = 'ClockWouldGoBack';
}

/**
 * A clock that follows another one at a distance, can be frozen, and can be moved forwards. Whoever
 * waits in `until` wakes when a move reaches the instant.
 */
export class MovableClock implements Clock {
  #state: MovableClockState;
  #moved = new AbortController();

  constructor(
    private readonly wall: Clock,
    state: MovableClockState,
  ) {
    this.#state = state;
  }

  get state(): MovableClockState {
    return this.#state;
  }

  now(): number {
    return this.#state.frozenAtMs ?? this.wall.now() + this.#state.offsetMs;
  }

  async until(epochMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.now() < epochMs) await this.#change(epochMs, signal);
  }

  /** Forwards by `ms`. Throws ClockWouldGoBack when it is negative. */
  advance(ms: number): void {
    // The wall moves between two readings: forwards from one and the same.
    const nowMs = this.now();
    forwards(nowMs, nowMs + ms);
    this.#show(nowMs + ms);
  }

  /** Shows `epochMs` from now on: frozen if it was frozen, running if it ran. */
  moveTo(epochMs: number): void {
    forwards(this.now(), epochMs);
    this.#show(epochMs);
  }

  /** Stands still at `epochMs`, by default at this instant. */
  freeze(epochMs?: number): void {
    const nowMs = this.now();
    const atMs = epochMs ?? nowMs;
    forwards(nowMs, atMs);
    this.#become({ ...this.#state, frozenAtMs: atMs });
  }

  /** Runs again, from the instant at which it stood. */
  unfreeze(): void {
    this.#become({ offsetMs: this.now() - this.wall.now(), frozenAtMs: null });
  }

  #show(epochMs: number): void {
    const frozen = this.#state.frozenAtMs !== null;
    this.#become(
      frozen
        ? { ...this.#state, frozenAtMs: epochMs }
        : { offsetMs: epochMs - this.wall.now(), frozenAtMs: null },
    );
  }

  #become(state: MovableClockState): void {
    this.#state = state;
    const before = this.#moved;
    this.#moved = new AbortController();
    before.abort();
  }

  /** Until the clock was moved, the instant has come, or `signal` aborts. */
  async #change(epochMs: number, signal: AbortSignal): Promise<void> {
    const { frozenAtMs, offsetMs } = this.#state;
    const over = firstOf(this.#moved.signal, signal);
    // A frozen clock reaches nothing by itself, however long the wall runs.
    const wallMs = frozenAtMs === null ? epochMs - offsetMs : Number.MAX_SAFE_INTEGER;
    await this.wall.until(wallMs, over.signal);
    over.abort();
  }
}

const forwards = (fromMs: number, toMs: number): void => {
  if (!Number.isSafeInteger(toMs) || toMs < fromMs)
    throw new ClockWouldGoBack(`the clock shows ${fromMs} and cannot be moved to ${toMs}`);
};
