import { describe, expect, it } from '@jest/globals';
import { epochMs, type Instant } from '#kernel';
import { after, bridgeId, dayMs, minuteMs, noon } from '../spec/people.js';
import { bridging } from '../spec/wishes.js';
import {
  bridgeBlocksUntilMs,
  bridgeObstacle,
  bridgeObstacleSentences,
  hasLapsed,
  latest,
  maskOf,
  withCode,
  type Bridge,
} from './bridge.js';
import type { Phase } from './delivery.js';

const bridge: Bridge = { bridgeId, requestedAt: noon, openedAt: null, isShut: false };
const standing = (
  phase: Phase,
  told: { startedAt?: Instant; acceptedAt?: Instant; isResent?: boolean } = {},
) => ({ phase, startedAt: null, acceptedAt: null, isResent: false, ...told });
const started = { startedAt: after(minuteMs) };
const accepted = { ...started, acceptedAt: after(2 * minuteMs) };
const atMs = (ms: number) => epochMs(after(ms));

describe('a bridge', () => {
  it.each([
    ['15 minutes while nobody has begun to send it', standing('WAITING'), 15 * minuteMs],
    ['15 minutes when it was certainly not sent', standing('DEFERRED', started), 15 * minuteMs],
    ['a day from its start while it is sent', standing('STARTED', started), minuteMs + dayMs],
    ['a day from its start if nobody knows', standing('UNKNOWN', started), minuteMs + dayMs],
    [
      'a day from the start that may have brought it there, though it is to be sent again',
      standing('WAITING', { ...started, isResent: true }),
      minuteMs + dayMs,
    ],
    ['a day from its acceptance', standing('ACCEPTED', accepted), 2 * minuteMs + dayMs],
  ])('R090, R092: stands in the way of the next for %s', (_, delivery, untilMs) => {
    expect(bridgeBlocksUntilMs(bridge, delivery)).toBe(atMs(untilMs));
    expect(bridgeObstacle(bridging, atMs(untilMs), atMs(untilMs - 1))).toBe('already_bridged');
    expect(bridgeObstacle(bridging, atMs(untilMs), atMs(untilMs))).toBeNull();
  });

  it.each([
    ['that nobody has begun to send', standing('WAITING')],
    ['that was put off', standing('DEFERRED', started)],
  ])('lapses after 15 minutes: one %s', (_, delivery) => {
    expect(hasLapsed(bridge, delivery, atMs(15 * minuteMs - 1))).toBe(false);
    expect(hasLapsed(bridge, delivery, atMs(15 * minuteMs))).toBe(true);
  });

  it.each([
    ['that is being sent', standing('STARTED', started)],
    ['of which nobody knows', standing('UNKNOWN', started)],
    ['that may have gone out before', standing('WAITING', { ...started, isResent: true })],
    ['that was accepted', standing('WAITING', accepted)],
    ['that was accepted and whose receipts came', standing('ARRIVED', accepted)],
  ])('never lapses, not in a week: one %s', (_, delivery) => {
    expect(hasLapsed(bridge, delivery, atMs(7 * dayMs))).toBe(false);
  });
});

describe('the later of two instants', () => {
  it('is whichever there is, and the later where there are both', () => {
    expect(latest(null, null)).toBeNull();
    expect(latest(1, null)).toBe(1);
    expect(latest(null, 2)).toBe(2);
    expect(latest(1, 2)).toBe(2);
    expect(latest(2, 1)).toBe(2);
  });
});

describe('what people read of a bridge', () => {
  it('is a sentence of its own for each thing that stands in its way', () => {
    const sentences = Object.values(bridgeObstacleSentences);
    expect(new Set(sentences).size).toBe(5);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
  });

  it('is masked where the code will be, one star for each of its characters', () => {
    const code = 'kGq7mZ3xTbA';
    const kept = `Portal: tflow.link/${maskOf(code.length)}`;
    expect(kept).toBe('Portal: tflow.link/***********');
    expect(withCode(kept, code)).toBe('Portal: tflow.link/kGq7mZ3xTbA');
  });
});
