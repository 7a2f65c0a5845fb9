import { setMaxListeners } from 'node:events';

/**
 * Aborts with the first of `signals`, and when it is itself aborted; that also lets go of them, which
 * whoever asked for it has to do in the end.
 */
export const firstOf = (...signals: readonly AbortSignal[]): AbortController => {
  const first = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) first.abort(signal.reason);
    // As many wait for one signal as there is to wait for: that is no leak.
    setMaxListeners(0, signal);
    const abort = (): void => first.abort(signal.reason);
    signal.addEventListener('abort', abort, { signal: first.signal });
  }
  return first;
};
