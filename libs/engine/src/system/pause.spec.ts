import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { pause } from './pause.js';

const anHourMs = 3_600_000;
const timers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a pause', () => {
  it('listens once to its signal, however many there are, and all end with it', async () => {
    const before = timers();
    const over = new AbortController();
    const pauses = Array.from({ length: 1_000 }, () => pause(anHourMs, over.signal));
    const listeners = getEventListeners(over.signal, 'abort').length;
    const running = timers() - before;
    over.abort();
    await Promise.all(pauses);
    expect({ listeners, running }).toEqual({ listeners: 1, running: 1_000 });
    expect(timers()).toBe(before);
  });

  it('leaves nothing behind on a signal that lives longer', async () => {
    const { signal } = new AbortController();
    await Promise.all([pause(1, signal), pause(2, signal)]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends with its time while others go on until the same signal', async () => {
    const over = new AbortController();
    let isOver = false;
    const long = pause(anHourMs, over.signal).then(() => (isOver = true));
    await pause(1, over.signal);
    expect({ isOver, listeners: getEventListeners(over.signal, 'abort').length }).toEqual({
      isOver: false,
      listeners: 1,
    });
    over.abort();
    await long;
    await pause(anHourMs, over.signal);
  });
});
