import { epochMs, instant, type Instant } from '#kernel';
import type { NotDone } from '#channels/http';
import type { FileRefusal } from '#media';
import type { MediaOutcome } from '../domain/decisions/record-media.js';
import type { Failure } from '../domain/failure.js';
import { mediaRefusal, mediaTrouble } from '../domain/media/failure.js';
import { providerFailure } from '../domain/provider-failure.js';

const retryDelayMsMin = 5_000;
const retryDelayMsMax = 6 * 60 * 60_000;
/** What a person has to mend first, a token say, is not asked for every few seconds. */
const mendDelayMsMin = 10 * 60_000;
/** A file that differs from what was said was perhaps cut short; this often is no accident. */
export const checksumAttemptsMax = 3;

/** Meta's code for an id that it does not know, or no longer. */
const NO_SUCH_ID = '100';

export type MediaAttempt = {
  readonly now: Instant;
  /** From 1. */
  readonly attempt: number;
  /** Uniform in [0, 1): spreads retries over half their delay. */
  readonly jitter: number;
};

/** Doubles with each attempt, within bounds; never earlier than the provider asked for. */
export const putOff = (
  failure: Failure,
  { now, attempt, jitter }: MediaAttempt,
  atLeastMs = 0,
): MediaOutcome => {
  const doubled = retryDelayMsMin * 2 ** Math.min(attempt - 1, 20);
  const delayMs = Math.min(Math.max(doubled, atLeastMs), retryDelayMsMax) * (1 + jitter / 2);
  return { kind: 'deferred', failure, retryAt: instant(Math.ceil(epochMs(now) + delayMs)) };
};

export const refused = (...reason: Parameters<typeof mediaRefusal>): MediaOutcome => ({
  kind: 'refused',
  failure: mediaRefusal(...reason),
});

export const downloadFailed = (why: string, attempt: MediaAttempt): MediaOutcome =>
  putOff(mediaTrouble('media_download_failed', why), attempt);

/** What it means that Meta did not tell where a file is. Asking again changes nothing, so all may be. */
export const notLocated = (outcome: NotDone, attempt: MediaAttempt): MediaOutcome => {
  switch (outcome.kind) {
    case 'not-started':
    case 'unknown':
      return downloadFailed(outcome.why, attempt);
    case 'deferred': {
      const failure = providerFailure(outcome, 'WhatsApp');
      return putOff({ ...failure, retryable: true }, attempt, outcome.retryAfterMs ?? 0);
    }
    case 'rejected': {
      if (outcome.error.code === NO_SUCH_ID) return refused('media_not_found');
      const failure = providerFailure(outcome, 'WhatsApp');
      const { retry } = outcome.errorClass;
      return retry === 'never'
        ? { kind: 'refused', failure }
        : putOff({ ...failure, retryable: true }, attempt, mendDelayMsMin);
    }
  }
};

/** What it means that a file was refused while it was stored. */
export const notKept = (why: FileRefusal, attempt: MediaAttempt): MediaOutcome =>
  why === 'checksum_mismatch' && attempt.attempt < checksumAttemptsMax
    ? putOff({ ...mediaRefusal('media_checksum_mismatch'), retryable: true }, attempt)
    : refused(`media_${why}`);
