// setTimeout fires at once when it is asked for more than 31 bits of milliseconds.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** Waits about `ms`, 24 days at most, or until `signal` aborts, whichever comes first. */
export const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const over = (): void => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', over);
      resolve();
    };
    const timeout = setTimeout(over, Math.min(Math.max(Math.ceil(ms), 0), TIMEOUT_MS_MAX));
    signal?.addEventListener('abort', over, { once: true });
  });
