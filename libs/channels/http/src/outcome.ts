import type { Json } from '#kernel';
import { UNKNOWN_ERROR, type ErrorClass, type ProviderError } from './error-class.js';
import type { Answer, Exchange } from './exchange.js';

/** What a failed call says: the provider's own words when there are any, and the class of them. */
export type Refused = { readonly error: ProviderError; readonly errorClass: ErrorClass };

/**
 * What became of a call that did not succeed. The first three are certain; `unknown` is everything
 * else, and must never be repeated without asking.
 */
export type NotDone =
  | ({ readonly kind: 'rejected' } & Refused)
  /** Definitely not done and worth trying again; null leaves the delay to the caller's backoff. */
  | ({ readonly kind: 'deferred'; readonly retryAfterMs: number | null } & Refused)
  /** The deadline passed, or the call was called off, before the first byte. */
  | { readonly kind: 'not-started'; readonly why: 'deadline' | 'aborted' }
  | { readonly kind: 'unknown'; readonly why: string };

/** How one vendor speaks of failures. */
export type FailureWords = {
  /** The error in the body of an answer; null when there is none. */
  readonly readError: (body: Json | undefined) => ProviderError | null;
  readonly classify: (error: ProviderError) => ErrorClass;
  /** Codes that say "not processed" even with a 5xx, which by itself leaves it open. */
  readonly notProcessed: ReadonlySet<string>;
  /** How long this error takes to clear at least; null when the vendor gives no rule. */
  readonly retryFloorMs: (error: ProviderError) => number | null;
};

/** No provider makes us wait longer than this before we look again. */
const RETRY_AFTER_MS_MAX = 60 * 60 * 1000;
const UNREACHABLE = 'unreachable';

/** An error that no provider spoke: the connection, or an answer without a body. */
const ownError = (code: string, message: string): Refused => ({
  error: { code, title: null, message, details: null },
  errorClass: { reason: 'provider_unreachable', retry: 'retry', retryable: true },
});

/**
 * Retry-After in seconds, or as a date against the answer's own Date, so that no clock is needed.
 */
const retryAfterMs = (answer: Answer, floorMs: number | null): number | null => {
  const header = answer.headers['retry-after'];
  if (header === undefined) return floorMs;
  const ms = /^[0-9]{1,9}$/.test(header)
    ? Number(header) * 1000
    : Date.parse(header) - Date.parse(answer.headers.date ?? '');
  if (Number.isNaN(ms)) return floorMs;
  return Math.min(Math.max(ms, floorMs ?? 0), RETRY_AFTER_MS_MAX);
};

/** The body of an answer; undefined when it is no JSON. */
export const parseJson = (body: string): Json | undefined => {
  try {
    const parsed: unknown = JSON.parse(body);
    return parsed as Json;
  } catch {
    return undefined;
  }
};

const isClientError = (status: number): boolean => status >= 400 && status < 500;

/** A well-formed refusal: final, or to be tried again, or (a vague 5xx) not certain at all. */
const ofError = (answer: Answer, error: ProviderError, words: FailureWords): NotDone => {
  const judged: Refused = { error, errorClass: words.classify(error) };
  const unknown: NotDone = {
    kind: 'unknown',
    why: `status ${answer.status} with error ${error.code}`,
  };
  const isRefusal = isClientError(answer.status);
  if (judged.errorClass.retry !== 'retry')
    return isRefusal || judged.errorClass.reason !== UNKNOWN_ERROR.reason
      ? { kind: 'rejected', ...judged }
      : unknown;
  if (!isRefusal && !words.notProcessed.has(error.code)) return unknown;
  const delayMs = retryAfterMs(answer, words.retryFloorMs(error));
  return { kind: 'deferred', retryAfterMs: delayMs, ...judged };
};

const ofAnswer = (answer: Answer, words: FailureWords): NotDone => {
  const error = words.readError(parseJson(answer.body));
  if (error !== null) return ofError(answer, error, words);
  if (answer.status === 429)
    return {
      kind: 'deferred',
      retryAfterMs: retryAfterMs(answer, null),
      ...ownError('429', 'Too many requests'),
    };
  return { kind: 'unknown', why: `status ${answer.status} without an error` };
};

/** What an exchange that did not bring a success says (F25–F31). Total. */
export const notDone = (exchange: Exchange, words: FailureWords): NotDone => {
  if (exchange.kind === 'answer') return ofAnswer(exchange, words);
  return exchange.kind === 'unreachable'
    ? { kind: 'deferred', retryAfterMs: null, ...ownError(UNREACHABLE, exchange.why) }
    : exchange;
};
