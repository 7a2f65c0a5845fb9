import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from './event.js';
import { Tail } from './tail.js';

const EVENTS_KEPT = 1_000;

const at = (ordinal: number, bytes = 0): RecordedEvent => ({
  id: `${ordinal}`,
  type: 'Noted',
  isJson: true,
  data: new Uint8Array(bytes),
  metadata: new Uint8Array(),
  stream: 'thread-1',
  revision: 0n,
  ordinal: BigInt(ordinal),
  createdAtMs: 0,
});

const from = (first: number, count: number, bytes = 0): RecordedEvent[] =>
  Array.from({ length: count }, (_, index) => at(first + index, bytes));

describe('the newest events', () => {
  const ordinals = (tail: Tail, after: number, count = 10_000): number[] | undefined =>
    tail.after(BigInt(after), count)?.map(({ ordinal }) => Number(ordinal));

  it('are given after any place that they reach back to, and say when they do not', () => {
    const tail = new Tail(4n);
    tail.put(from(5, 3));
    expect(ordinals(tail, 4)).toEqual([5, 6, 7]);
    expect(ordinals(tail, 5, 1)).toEqual([6]);
    expect(ordinals(tail, 7)).toEqual([]);
    expect(ordinals(tail, 9)).toEqual([]);
    expect(tail.after(3n, 10)).toBeNull();
    expect(new Tail(4n).after(3n, 10)).toBeNull();
  });

  it('wait for what stands before them in the log', () => {
    const tail = new Tail(0n);
    tail.put([at(2)]);
    expect(tail.head).toBe(0n);
    tail.put([at(1)]);
    expect(ordinals(tail, 0)).toEqual([1, 2]);
    tail.put([at(1)]);
    expect(ordinals(tail, 0)).toEqual([1, 2]);
  });

  it('are so many, and so large, and no more', () => {
    const many = new Tail(0n);
    many.put(from(1, EVENTS_KEPT + 1));
    expect(many.after(0n, 1)).toBeNull();
    expect(ordinals(many, 1)).toHaveLength(EVENTS_KEPT);
    const large = new Tail(0n);
    large.put(from(1, 17, 1024 * 1024));
    expect(large.after(0n, 1)).toBeNull();
    expect(ordinals(large, 1)).toHaveLength(16);
  });

  it('wake who waits beyond them, and who gives up', async () => {
    const tail = new Tail(0n);
    const waiting = tail.beyond(0n, new AbortController().signal);
    tail.put([at(1)]);
    await waiting;
    const givesUp = new AbortController();
    const given = tail.beyond(1n, givesUp.signal);
    givesUp.abort();
    await given;
    expect(tail.head).toBe(1n);
  });
});
