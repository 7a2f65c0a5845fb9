import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { firstOf, inTime } from './signals.js';
import { SystemTimer } from './system/system-timer.js';

const waits = 1_000;
const timer = new SystemTimer();
const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('the first of some signals', () => {
  it('aborts with the first, for the reason of that one', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const first = firstOf(one.signal, other.signal);
    expect(first.signal.aborted).toBe(false);
    other.abort(new Error('the lease is lost'));
    expect(first.signal.reason).toEqual(new Error('the lease is lost'));
  });

  it('is aborted at once by one that is, and then hangs on none', () => {
    const long = new AbortController();
    const first = firstOf(long.signal, AbortSignal.abort('before'), long.signal);
    expect(first.signal.reason).toBe('before');
    expect(listenersOf(long.signal)).toBe(0);
  });

  it('leaves nothing behind on a signal that lives longer', () => {
    const [long, other] = [new AbortController(), new AbortController()];
    for (let wait = 0; wait < waits; wait += 1) firstOf(long.signal, other.signal).abort();
    expect(listenersOf(long.signal)).toBe(0);
    other.abort();
  });
});

describe('work in time', () => {
  it('is told when its time is over', async () => {
    const limit = { timer, withinMs: 1, signal: new AbortController().signal };
    const told = inTime(limit, async (signal) => {
      await timer.sleep(60_000, signal);
    });
    await expect(told).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('is told when it is to end before', async () => {
    const stopping = new AbortController();
    const limit = { timer, withinMs: 60_000, signal: stopping.signal };
    const told = inTime(limit, async (signal) => {
      stopping.abort(new Error('the process stops'));
      await timer.sleep(60_000, signal);
    });
    await expect(told).rejects.toThrow('the process stops');
  });

  it('answers, and leaves neither a listener nor a dependent on a signal that lives longer', async () => {
    const long = new AbortController();
    const limit = { timer, withinMs: 60_000, signal: long.signal };
    for (let wait = 0; wait < waits; wait += 1)
      expect(await inTime(limit, () => Promise.resolve(wait))).toBe(wait);
    expect(listenersOf(long.signal)).toBe(0);
    const kept = Object.getOwnPropertySymbols(long.signal)
      .filter((symbol) => /dependant/i.test(String(symbol)))
      .flatMap((symbol) => [...((Reflect.get(long.signal, symbol) as Set<unknown> | null) ?? [])]);
    expect(kept).toEqual([]);
  });
});
