import { describe, expect, it } from '@jest/globals';
import { ClockWouldGoBack, MovableClock } from './movable-clock.js';
import { SystemChance } from './system/system-chance.js';
import { SystemClock } from './system/system-clock.js';
import { SystemTimer } from './system/system-timer.js';

const never = new AbortController().signal;
const running = { offsetMs: 0, frozenAtMs: null };
const frozenAt = (frozenAtMs: number) =>
  new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs });

/** Whether `promise` has been kept by now. */
const isKept = async (promise: Promise<void>): Promise<boolean> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);
};

describe('a movable clock', () => {
  it('stands still when it is frozen, and goes on from there', () => {
    const clock = frozenAt(1_000);
    expect(clock.now()).toBe(1_000);
    clock.unfreeze();
    expect(clock.now()).toBeGreaterThanOrEqual(1_000);
    expect(clock.now()).toBeLessThan(60_000);
  });

  it('moves forwards, frozen or running, and never back by a millisecond', () => {
    const clock = frozenAt(1_000);
    clock.advance(5);
    clock.moveTo(1_005);
    expect(clock.now()).toBe(1_005);
    expect(() => clock.moveTo(1_004)).toThrow(ClockWouldGoBack);
    expect(() => clock.advance(-1)).toThrow(ClockWouldGoBack);
    expect(() => clock.freeze(1_004)).toThrow(ClockWouldGoBack);
    const live = new MovableClock(new SystemClock(), running);
    const before = live.now();
    live.advance(3_600_000);
    expect(live.now() - before).toBeGreaterThanOrEqual(3_600_000);
  });

  it('stops and advances by nothing while the wall moves between two readings', () => {
    let wallMs = 1_000;
    const wall = { now: () => (wallMs += 1), until: () => Promise.resolve() };
    const clock = new MovableClock(wall, running);
    clock.advance(0);
    clock.freeze();
    expect(clock.now()).toBeGreaterThan(1_000);
  });

  it('wakes who waits for an instant when a move reaches it, and not a millisecond before', async () => {
    const clock = frozenAt(1_000);
    const waiting = clock.until(2_000, never);
    clock.moveTo(1_999);
    expect(await isKept(waiting)).toBe(false);
    clock.moveTo(2_000);
    await waiting;
  });

  it('wakes who waits when it is running again, and when the signal aborts', async () => {
    const clock = frozenAt(1_000);
    const soon = clock.until(1_005, never);
    const stop = new AbortController();
    const never2 = clock.until(1e12, stop.signal);
    clock.unfreeze();
    await soon;
    expect(await isKept(never2)).toBe(false);
    stop.abort();
    await never2;
  });

  it('goes on after a restart from what it told of itself', () => {
    const clock = frozenAt(1_000);
    clock.advance(7);
    expect(new MovableClock(new SystemClock(), clock.state).now()).toBe(1_007);
  });
});

describe('the system adapters', () => {
  it('wait longer than a 31-bit timeout without firing at once', async () => {
    const stop = new AbortController();
    const wait = new SystemClock().until(Date.now() + 2 ** 32, stop.signal);
    expect(await isKept(wait)).toBe(false);
    stop.abort();
    await wait;
  });

  it('sleep for the time asked, and reject with the reason of an abort', async () => {
    const timer = new SystemTimer();
    const startedAt = timer.monotonicMs();
    await timer.sleep(5);
    expect(timer.monotonicMs() - startedAt).toBeGreaterThanOrEqual(5);
    const stop = new AbortController();
    const sleeping = timer.sleep(60_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
  });

  it('draw ids of twenty letters and digits, all different', () => {
    const chance = new SystemChance();
    const ids = Array.from({ length: 1_000 }, () => chance.id());
    expect(ids.every((id) => /^[0-9a-z]{20}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect(chance.fraction()).toBeLessThan(1);
  });
});
