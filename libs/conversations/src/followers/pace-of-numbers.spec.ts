import { describe, expect, it } from '@jest/globals';
import { SteppingTimer } from '../spec/world.js';
import { messagesPerSecond, PaceOfNumbers } from './pace-of-numbers.js';

const { signal } = new AbortController();
const turns = async (pace: PaceOfNumbers, count: number, number = 'one') => {
  for (let turn = 0; turn < count; turn += 1) await pace.turn(number, signal);
};

describe('the pace of a number', () => {
  it('F25: a quiet number sends a second’s worth at once, and then waits for each', async () => {
    const timer = new SteppingTimer();
    const pace = new PaceOfNumbers(timer);
    await turns(pace, messagesPerSecond + 1);
    expect(timer.slept).toEqual([]);
    await turns(pace, 1);
    expect(timer.slept).toEqual([1_000 / messagesPerSecond]);
  });

  it('F25: lets no more than its rate through, however long it goes on', async () => {
    const timer = new SteppingTimer();
    await turns(new PaceOfNumbers(timer), 10 * messagesPerSecond + 1);
    expect(timer.monotonicMs()).toBeCloseTo(9_000, 3);
  });

  it('is regained by being quiet, up to a second’s worth', async () => {
    const timer = new SteppingTimer();
    const pace = new PaceOfNumbers(timer);
    await turns(pace, messagesPerSecond + 1);
    timer.pass(60_000);
    await turns(pace, messagesPerSecond + 1);
    expect(timer.slept).toEqual([]);
    await turns(pace, 1);
    expect(timer.slept).toHaveLength(1);
  });

  it('is each number’s own', async () => {
    const timer = new SteppingTimer();
    const pace = new PaceOfNumbers(timer);
    await turns(pace, messagesPerSecond + 1, 'one');
    await turns(pace, messagesPerSecond + 1, 'other');
    expect(timer.slept).toEqual([]);
  });

  it('rejects when the wait is called off', async () => {
    const timer = new SteppingTimer();
    const pace = new PaceOfNumbers(timer);
    await turns(pace, messagesPerSecond + 1);
    await expect(pace.turn('one', AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});
