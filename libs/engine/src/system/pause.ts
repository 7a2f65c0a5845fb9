// setTimeout fires at once when it is asked for more than 31 bits of milliseconds.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

type Pausing = { readonly wakes: Set<() => void>; readonly wakeAll: () => void };

/** Who pauses until a signal. */
const pausing = new WeakMap<AbortSignal, Pausing>();

/**
 * One listener for each signal, however many pause: to add another takes the longer the more there
 * are, and thousands of items may wait at the same time.
 */
const join = (signal: AbortSignal, wake: () => void): void => {
  const known = pausing.get(signal);
  if (known !== undefined) return void known.wakes.add(wake);
  const wakes = new Set([wake]);
  const wakeAll = (): void => wakes.forEach((each) => each());
  pausing.set(signal, { wakes, wakeAll });
  signal.addEventListener('abort', wakeAll, { once: true });
};

/** The last one leaves nothing behind on a signal that lives longer. */
const leave = (signal: AbortSignal, wake: () => void): void => {
  const known = pausing.get(signal);
  known?.wakes.delete(wake);
  if (known?.wakes.size !== 0) return;
  pausing.delete(signal);
  signal.removeEventListener('abort', known.wakeAll);
};

/** Waits about `ms`, 24 days at most, or until `signal` aborts, whichever comes first. */
export const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const over = (): void => {
      clearTimeout(timeout);
      if (signal) leave(signal, over);
      resolve();
    };
    const timeout = setTimeout(over, Math.min(Math.max(Math.ceil(ms), 0), TIMEOUT_MS_MAX));
    if (signal) join(signal, over);
  });
