import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '#kernel';
import { putOff, refusedAs } from '../spec/scripted-sender.js';
import { after, noon } from '../spec/people.js';
import { attemptsMax, failedOutcome } from './dispatch-outcome.js';

const terms = (attempt = 1, jitter = 0) => ({
  now: noon,
  attempt,
  jitter,
  provider: 'WhatsApp' as const,
});

describe('what the thread is told of a call', () => {
  it('R106: rejected: the reason, and the provider’s code and words', () => {
    expect(failedOutcome(refusedAs('131026', 'invalid_phone_number'), terms())).toMatchObject({
      kind: 'rejected',
      failure: {
        reason: 'invalid_phone_number',
        providerCode: '131026',
        providerMessage: 'what went wrong',
      },
    });
  });

  it('F29: unknown stays unknown: never put off, never sent again', () => {
    const told = failedOutcome({ kind: 'unknown', why: 'reset' }, terms());
    expect(told).toEqual({ kind: 'unknown', why: 'reset' });
  });

  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [7, 64_000],
  ])('F25: puts off attempt %d by %d ms', (attempt, delayMs) => {
    for (const outcome of [
      putOff(null),
      { kind: 'not-started' as const, why: 'deadline' as const },
    ])
      expect(failedOutcome(outcome, terms(attempt))).toMatchObject({
        kind: 'deferred',
        retryAt: after(delayMs),
      });
  });

  it('F25: never earlier than the provider asked for, and at most half as late again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: attemptsMax - 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.option(fc.nat(600_000)),
        (attempt, jitter, askedMs) => {
          const told = failedOutcome(putOff(askedMs), terms(attempt, jitter));
          if (told.kind !== 'deferred') throw new Error('it was not put off');
          const delayMs = epochMs(told.retryAt) - epochMs(noon);
          const doubled = 1_000 * 2 ** (attempt - 1);
          expect(delayMs).toBeGreaterThanOrEqual(Math.max(askedMs ?? 0, doubled));
          expect(delayMs).toBeLessThanOrEqual(Math.max(askedMs ?? 0, Math.ceil(doubled * 1.5)));
        },
      ),
    );
  });

  it('P10: what was put off often enough fails, so that somebody looks', () => {
    const notStarted = { kind: 'not-started' as const, why: 'aborted' as const };
    for (const outcome of [putOff(null), notStarted]) {
      expect(failedOutcome(outcome, terms(attemptsMax - 1))).toMatchObject({
        kind: 'deferred',
      });
      expect(failedOutcome(outcome, terms(attemptsMax))).toMatchObject({
        kind: 'rejected',
        failure: { retryable: true },
      });
    }
  });
});
