import { setMaxListeners } from 'node:events';
import type { Timer } from './ports.js';

/**
 * Aborts with the first of `signals`, and when it is itself aborted; that also lets go of them, which
 * whoever asked for it has to do in the end. Not AbortSignal.any, whose dependents pile up on a signal
 * that lives long, nor a listener with a signal of its own, which Node keeps in a table of the whole
 * process with all that it leads to, until that signal aborts.
 */
export const firstOf = (...signals: readonly AbortSignal[]): AbortController => {
  const first = new AbortController();
  const letGoOf = (signal: AbortSignal): void => {
    const letGo = (): void => signal.removeEventListener('abort', abort);
    const abort = (): void => first.abort(signal.reason);
    // As many wait for one signal as there is to wait for: that is no leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', abort);
    first.signal.addEventListener('abort', letGo, { once: true });
  };
  for (const signal of signals) {
    if (signal.aborted) first.abort(signal.reason);
    if (first.signal.aborted) return first;
    letGoOf(signal);
  }
  return first;
};

export type TimeLimit = {
  readonly timer: Timer;
  readonly withinMs: number;
  /** Ends the work before its time is over. */
  readonly signal: AbortSignal;
};

/** Work under a signal that aborts with the one given, or after `withinMs`. Nothing is left of it. */
export const inTime = async <T>(
  { timer, withinMs, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const over = firstOf(signal);
  const isLate = (): void => over.abort(new DOMException('it took too long', 'TimeoutError'));
  void timer.sleep(withinMs, over.signal).then(isLate, () => undefined);
  try {
    return await work(over.signal);
  } finally {
    over.abort();
  }
};

/** Resolves once the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
