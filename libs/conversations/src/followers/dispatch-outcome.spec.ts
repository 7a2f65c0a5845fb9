import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '#kernel';
import { acceptedAs, putOff, refusedAs } from '../spec/scripted-sender.js';
import { after, noon } from '../spec/people.js';
import { attemptsMax, dispatchOutcome } from './dispatch-outcome.js';

const terms = (attempt = 1, jitter = 0) => ({
  now: noon,
  attempt,
  jitter,
  fingerprint: async (id: string) => `print of ${id}`,
});

describe('what the thread is told of a call', () => {
  it('accepted: the provider’s id, and its fingerprint', async () => {
    expect(await dispatchOutcome(acceptedAs('wamid.1'), terms())).toEqual({
      kind: 'accepted',
      providerMessageId: 'wamid.1',
      fingerprint: 'print of wamid.1',
    });
  });

  it('R106: rejected: the reason, and the provider’s code and words', async () => {
    expect(
      await dispatchOutcome(refusedAs('131026', 'invalid_phone_number'), terms()),
    ).toMatchObject({
      kind: 'rejected',
      failure: {
        reason: 'invalid_phone_number',
        providerCode: '131026',
        providerMessage: 'what went wrong',
      },
    });
  });

  it('F29: unknown stays unknown: never put off, never sent again', async () => {
    const told = await dispatchOutcome({ kind: 'unknown', why: 'reset' }, terms());
    expect(told).toEqual({ kind: 'unknown', why: 'reset' });
  });

  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [7, 64_000],
  ])('F25: puts off attempt %d by %d ms', async (attempt, delayMs) => {
    for (const outcome of [
      putOff(null),
      { kind: 'not-started' as const, why: 'deadline' as const },
    ])
      expect(await dispatchOutcome(outcome, terms(attempt))).toMatchObject({
        kind: 'deferred',
        retryAt: after(delayMs),
      });
  });

  it('F25: never earlier than the provider asked for, and at most half as late again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: attemptsMax - 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.option(fc.nat(600_000)),
        async (attempt, jitter, askedMs) => {
          const told = await dispatchOutcome(putOff(askedMs), terms(attempt, jitter));
          if (told.kind !== 'deferred') throw new Error('it was not put off');
          const delayMs = epochMs(told.retryAt) - epochMs(noon);
          const doubled = 1_000 * 2 ** (attempt - 1);
          expect(delayMs).toBeGreaterThanOrEqual(Math.max(askedMs ?? 0, doubled));
          expect(delayMs).toBeLessThanOrEqual(Math.max(askedMs ?? 0, Math.ceil(doubled * 1.5)));
        },
      ),
    );
  });

  it('P10: what was put off often enough fails, so that somebody looks', async () => {
    const notStarted = { kind: 'not-started' as const, why: 'aborted' as const };
    for (const outcome of [putOff(null), notStarted]) {
      expect(await dispatchOutcome(outcome, terms(attemptsMax - 1))).toMatchObject({
        kind: 'deferred',
      });
      expect(await dispatchOutcome(outcome, terms(attemptsMax))).toMatchObject({
        kind: 'rejected',
        failure: { retryable: true },
      });
    }
  });
});
