import type { Clock, Timer } from '#engine';
import type { Life } from '../machine/life.js';
import type { Machine } from '../machine/machine.js';

/** Waits for `ms`, or until `signal` aborts. */
const pause = (life: Life, ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const over = (): void => {
      signal?.removeEventListener('abort', over);
      resolve();
    };
    signal?.addEventListener('abort', over, { once: true });
    life.after(ms, over);
  });

export const clockOf = (machine: Machine, life: Life): Clock => ({
  now: () => machine.epochMs,
  until: async (epochMs, signal) => {
    while (!signal.aborted && machine.epochMs < epochMs)
      await pause(life, epochMs - machine.epochMs, signal);
  },
});

export const timerOf = (machine: Machine, life: Life): Timer => ({
  monotonicMs: () => machine.nowMs,
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    await pause(life, ms, signal);
    signal?.throwIfAborted();
  },
});
