import { describe, expect, it } from '@jest/globals';
import { cancellable } from './cancellable.js';

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('cancellable', () => {
  it('ends at once although its source is blocked and hears nothing', async () => {
    let signal: AbortSignal | undefined;
    const iterator = cancellable(async function* (given) {
      signal = given;
      yield 1;
      await new Promise(() => undefined);
    });
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    const pending = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(signal?.aborted).toBe(true);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('aborts before it returns, so that a source that listens lets go', async () => {
    const steps: string[] = [];
    const iterator = cancellable(async function* (signal) {
      try {
        yield 1;
        await untilAborted(signal);
        steps.push('heard');
      } finally {
        steps.push('let go');
      }
    });
    await iterator.next();
    const pending = iterator.next();
    await iterator.return?.();
    await pending;
    await new Promise(setImmediate);
    expect(steps).toEqual(['heard', 'let go']);
  });

  it('never starts its source when nobody asked', async () => {
    let isStarted = false;
    const iterator = cancellable(async function* () {
      isStarted = true;
      yield 1;
    });
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(isStarted).toBe(false);
  });

  it('passes on every value in order, the end, and a failure', async () => {
    const seen: number[] = [];
    let signal: AbortSignal | undefined;
    const counting = cancellable(async function* (given) {
      signal = given;
      yield* [1, 2, 3];
    });
    for await (const value of counting) seen.push(value);
    expect(seen).toEqual([1, 2, 3]);
    expect(signal?.aborted).toBe(true);
    const failing = cancellable(async function* () {
      yield 1;
      throw new Error('the log is gone');
    });
    await failing.next();
    await expect(failing.next()).rejects.toThrow('the log is gone');
    expect(await failing.next()).toEqual({ done: true, value: undefined });
  });
});
