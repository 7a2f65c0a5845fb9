import { epochMs, instant, unreachable, type Instant } from '#kernel';
import type { NotDone } from '#channels/http';
import { providerFailure } from '../domain/provider-failure.js';
import type { DispatchOutcome } from '../domain/decisions/record-dispatch-outcome.js';
import type { Failure } from '../domain/failure.js';

/** A message that was put off this often fails: somebody should look. */
export const attemptsMax = 8;
const retryDelayMsMin = 1_000;
const retryDelayMsMax = 5 * 60_000;

type Terms = {
  readonly now: Instant;
  readonly attempt: number;
  /** Uniform in [0, 1): spreads retries over half their delay. */
  readonly jitter: number;
  readonly provider: 'WhatsApp' | 'SMS';
};

/** What the thread is told of a failed call. What is put off too often is rejected instead. */
export const failedOutcome = (outcome: NotDone, terms: Terms): DispatchOutcome => {
  switch (outcome.kind) {
    case 'rejected':
      return { kind: 'rejected', failure: providerFailure(outcome, terms.provider) };
    case 'deferred':
      return putOff(providerFailure(outcome, terms.provider), terms, outcome.retryAfterMs);
    case 'not-started':
      return putOff(notStarted, terms, null);
    case 'unknown':
      return { kind: 'unknown', why: outcome.why };
    default:
      return unreachable(outcome);
  }
};

const putOff = (failure: Failure, terms: Terms, askedMs: number | null): DispatchOutcome =>
  terms.attempt >= attemptsMax
    ? { kind: 'rejected', failure }
    : { kind: 'deferred', failure, retryAt: retryAt(terms, askedMs) };

const notStarted: Failure = {
  reason: 'not_started',
  message: 'The call to the provider could not be started in time.',
  providerCode: null,
  providerMessage: null,
  retryable: true,
};

/** Doubles with each attempt, within bounds; never earlier than the provider asked for. */
const retryAt = ({ now, attempt, jitter }: Terms, askedMs: number | null): Instant => {
  const doubled = Math.min(retryDelayMsMax, retryDelayMsMin * 2 ** (attempt - 1));
  const delayMs = Math.max(askedMs ?? 0, doubled * (1 + jitter / 2));
  return instant(Math.ceil(epochMs(now) + delayMs));
};
