import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '../port.js';
import { isPassing, NoAnswer, portError, type Asked } from './failures.js';

export const callLimits = {
  /** For how long one request is tried while the log is away, and one attempt may take. */
  patienceMs: 5_000,
  /** The same, once a request has waited in vain and none has been answered since. */
  impatienceMs: 1_000,
  backoffMsMin: 50,
  backoffMsMax: 1_000,
} as const;

/** Attempts that grow further apart. */
export class Backoff {
  #nextMs: number = callLimits.backoffMsMin;

  reset(): void {
    this.#nextMs = callLimits.backoffMsMin;
  }

  /** Waits until the next attempt is due, or the signal aborts. */
  async wait(signal: AbortSignal, ms = this.#nextMs): Promise<void> {
    this.#nextMs = Math.min(this.#nextMs * 2, callLimits.backoffMsMax);
    // Aborting ends the pause early, by a rejection that says nothing new.
    await pause(ms, null, { signal }).catch(() => undefined);
  }
}

/** The result of `work`, or NoAnswer after so many milliseconds. What it is doing goes on. */
export const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * For how long a request waits for a server that is away. Once somebody has waited in vain nobody
 * does, until the server has answered somebody: a caller of ours is told at once.
 */
export class Patience {
  #isAway = false;

  get isLost(): boolean {
    return this.#isAway;
  }

  get ms(): number {
    return this.#isAway ? callLimits.impatienceMs : callLimits.patienceMs;
  }

  answered(): void {
    this.#isAway = false;
  }

  lost(): void {
    this.#isAway = true;
  }
}

type Attempt<T> = (deadlineMs: number, isFirst: boolean) => Promise<T>;

/** Calls to the server, tried again while it is away and there is patience. */
export class Calls {
  readonly #running = new Set<Promise<unknown>>();

  /** `closing` ends every waiting. */
  constructor(
    private readonly patience: Patience,
    private readonly closing: AbortSignal,
  ) {}

  /** Throws what the port names. `attempt` is told how long it may take, and is made at least once. */
  async call<T>(asked: Asked, attempt: Attempt<T>): Promise<T> {
    const call = this.#tried(asked, attempt);
    this.#running.add(call);
    try {
      return await call;
    } finally {
      this.#running.delete(call);
    }
  }

  /** Resolves when nothing that was called is still under way. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #tried<T>(asked: Asked, attempt: Attempt<T>): Promise<T> {
    const { patience, closing } = this;
    const isLost = patience.isLost;
    const endsAt = performance.now() + patience.ms;
    const backoff = new Backoff();
    for (let tries = 1; ; tries += 1) {
      const leftMs = Math.max(endsAt - performance.now(), callLimits.backoffMsMin);
      try {
        const result = await within(leftMs + callLimits.backoffMsMin, attempt(leftMs, tries === 1));
        patience.answered();
        return result;
      } catch (error) {
        if (!isPassing(error)) {
          patience.answered();
          throw portError(error, asked);
        }
        const isOver = performance.now() + callLimits.backoffMsMin >= endsAt;
        if (isOver) patience.lost();
        if (isOver || isLost || closing.aborted) throw portError(error, asked);
        await backoff.wait(closing);
      }
    }
  }
}

export const closedError = (): StoreUnavailable => new StoreUnavailable('the log has been closed');
