import type { Json } from '#kernel';
import { classify } from './errors.js';
import type { Answer, Exchange } from './exchange.js';
import { at, listAt, textAt } from './json-access.js';
import { readProviderError, type ProviderError } from './provider-error.js';
import type { MarkOutcome, Refused, SendOutcome } from './sender.js';

/** No provider makes us wait longer than this before we look again. */
const RETRY_AFTER_MS_MAX = 60 * 60 * 1000;
/** One message per pair and six seconds is Meta's rule; asking sooner cannot succeed. */
const PAIR_RETRY_AFTER_MS = 6_000;
const PAIR_RATE_LIMITED = '131056';

/**
 * Codes that say "not processed" whatever the status. 1, 2 and 131000 do not: with a 5xx they leave
 * open whether the message went out.
 */
const NOT_PROCESSED: ReadonlySet<string> = new Set([
  '4',
  '80007',
  '130429',
  '131016',
  '131056',
  '131057',
  '133004',
]);

const UNREACHABLE = 'unreachable';

/** An error that no provider spoke: the connection, or an answer without a body. */
const ownError = (code: string, message: string): Refused => ({
  error: { code, title: null, message, details: null },
  errorClass: { reason: 'provider_unreachable', retry: 'retry', retryable: true },
});

const refused = (error: ProviderError): Refused => ({ error, errorClass: classify(error) });

/**
 * Retry-After in seconds, or as a date against the answer's own Date, so that no clock is needed.
 */
const retryAfterMs = (answer: Answer, error: ProviderError | null): number | null => {
  const header = answer.headers['retry-after'];
  const floor = error?.code === PAIR_RATE_LIMITED ? PAIR_RETRY_AFTER_MS : null;
  if (header === undefined) return floor;
  const ms = /^[0-9]{1,9}$/.test(header)
    ? Number(header) * 1000
    : Date.parse(header) - Date.parse(answer.headers.date ?? '');
  if (Number.isNaN(ms)) return floor;
  return Math.min(Math.max(ms, floor ?? 0), RETRY_AFTER_MS_MAX);
};

const parse = (body: string): Json | undefined => {
  try {
    const parsed: unknown = JSON.parse(body);
    return parsed as Json;
  } catch {
    return undefined;
  }
};

const isClientError = (status: number): boolean => status >= 400 && status < 500;

/** A well-formed refusal: final, or to be tried again, or (a vague 5xx) not certain at all. */
const outcomeOfError = (answer: Answer, error: ProviderError): MarkOutcome => {
  const judged = refused(error);
  const certain = isClientError(answer.status) || NOT_PROCESSED.has(error.code);
  if (judged.errorClass.retry !== 'retry')
    return isClientError(answer.status) || judged.errorClass.reason !== 'provider_error'
      ? { kind: 'rejected', ...judged }
      : { kind: 'unknown', why: `status ${answer.status} with error ${error.code}` };
  return certain
    ? { kind: 'deferred', retryAfterMs: retryAfterMs(answer, error), ...judged }
    : { kind: 'unknown', why: `status ${answer.status} with error ${error.code}` };
};

const outcomeOfFailure = (answer: Answer, body: Json | undefined): MarkOutcome => {
  const error = readProviderError(at(body, 'error'));
  if (error !== null) return outcomeOfError(answer, error);
  if (answer.status === 429)
    return {
      kind: 'deferred',
      retryAfterMs: retryAfterMs(answer, null),
      ...ownError('429', 'Too many requests'),
    };
  return { kind: 'unknown', why: `status ${answer.status} without an error` };
};

const outcomeWithoutAnswer = (exchange: Exclude<Exchange, Answer>): MarkOutcome =>
  exchange.kind === 'unreachable'
    ? { kind: 'deferred', retryAfterMs: null, ...ownError(UNREACHABLE, exchange.why) }
    : exchange;

/** What an exchange says of a send (F25–F31). */
export const sendOutcome = (exchange: Exchange): SendOutcome => {
  if (exchange.kind !== 'answer') return notDone(outcomeWithoutAnswer(exchange));
  const body = parse(exchange.body);
  if (exchange.status !== 200) return notDone(outcomeOfFailure(exchange, body));
  const providerMessageId = textAt(listAt(body, 'messages')[0], 'id');
  if (providerMessageId === undefined)
    return { kind: 'unknown', why: body === undefined ? '200 without JSON' : '200 without an id' };
  const contact = listAt(body, 'contacts')[0];
  return {
    kind: 'accepted',
    providerMessageId,
    waId: textAt(contact, 'wa_id') ?? null,
    bsuid: textAt(contact, 'user_id') ?? null,
  };
};

const notDone = (outcome: MarkOutcome): SendOutcome =>
  outcome.kind === 'done' ? { kind: 'unknown', why: 'no message was sent' } : outcome;

/** What an exchange says of a mark. */
export const markOutcome = (exchange: Exchange): MarkOutcome => {
  if (exchange.kind !== 'answer') return outcomeWithoutAnswer(exchange);
  const body = parse(exchange.body);
  if (exchange.status !== 200) return outcomeOfFailure(exchange, body);
  return at(body, 'success') === true
    ? { kind: 'done' }
    : { kind: 'unknown', why: '200 without success' };
};
