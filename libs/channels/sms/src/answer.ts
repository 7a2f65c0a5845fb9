import { at, CODE_MISSING, listAt, notDone, parseJson, textAt } from '#channels/http';
import type { Answer, Exchange, FailureWords, NotDone, ProviderError } from '#channels/http';
import { instant, type Instant, type Json } from '#kernel';
import { classify } from './errors.js';
import { receiptStatusOf } from './inbound.js';
import type { ListedSms, SmsOutcome, SmsPrice } from './sender.js';

export type Page = {
  readonly kind: 'page';
  readonly messages: readonly ListedSms[];
  /** The query of the next page; null on the last. */
  readonly next: string | null;
};

/** A number or a text, as text: Twilio writes codes and counts both ways. */
const wordAt = (value: Json | undefined, name: string): string | null => {
  const found = at(value, name);
  return typeof found === 'number' ? String(found) : (textAt(value, name) ?? null);
};

/** `{code, message, more_info, status}`; a proxy's error page is no error of Twilio's. */
const readError = (body: Json | undefined): ProviderError | null => {
  const code = wordAt(body, 'code');
  const message = textAt(body, 'message') ?? null;
  if (code === null && message === null) return null;
  return { code: code ?? CODE_MISSING, title: null, message, details: null };
};

const WORDS: FailureWords = {
  readError,
  classify,
  notProcessed: new Set(['20429']),
  retryFloorMs: () => null,
};

const countAt = (value: Json | undefined, name: string): number | null => {
  const word = wordAt(value, name) ?? '';
  return /^[0-9]{1,6}$/.test(word) ? Number(word) : null;
};

/** 0 is what a messaging service says before it has counted. */
const segmentsOf = (message: Json | undefined): number | null =>
  countAt(message, 'num_segments') || null;

const priceOf = (message: Json | undefined): SmsPrice | null => {
  const amount = wordAt(message, 'price');
  const currency = textAt(message, 'price_unit');
  return amount === null || currency === undefined ? null : { amount, currency };
};

/** A message that failed before Twilio answered: no receipt will ever say so. */
const failedAtOnce = (message: Json | undefined): NotDone | null => {
  const code = wordAt(message, 'error_code');
  if (code === null || receiptStatusOf(textAt(message, 'status') ?? '') !== 'failed') return null;
  const said = textAt(message, 'error_message') ?? null;
  const error: ProviderError = { code, title: null, message: said, details: null };
  return { kind: 'rejected', error, errorClass: classify(error) };
};

const isSuccess = (exchange: Exchange): exchange is Answer =>
  exchange.kind === 'answer' && (exchange.status === 200 || exchange.status === 201);

/** What an exchange says of a send. */
export const sendOutcome = (exchange: Exchange): SmsOutcome => {
  if (!isSuccess(exchange)) return notDone(exchange, WORDS);
  const body = parseJson(exchange.body);
  const sid = textAt(body, 'sid');
  if (sid === undefined) return { kind: 'unknown', why: `${exchange.status} without a sid` };
  return (
    failedAtOnce(body) ?? {
      kind: 'accepted',
      sid,
      segments: segmentsOf(body),
      price: priceOf(body),
    }
  );
};

/** RFC 2822, such as `Thu, 24 Aug 2023 05:01:45 +0000`. */
const dateAt = (message: Json, name: string): Instant | null => {
  const ms = Date.parse(textAt(message, name) ?? '');
  return Number.isNaN(ms) ? null : instant(ms);
};

const readListed = (message: Json): readonly ListedSms[] => {
  const sid = textAt(message, 'sid');
  const sentAt = dateAt(message, 'date_sent') ?? dateAt(message, 'date_created');
  if (sid === undefined || sentAt === null) return [];
  const providerStatus = textAt(message, 'status') ?? '';
  return [
    {
      sid,
      direction: textAt(message, 'direction') === 'inbound' ? 'inbound' : 'outbound',
      from: textAt(message, 'from') ?? '',
      to: textAt(message, 'to') ?? '',
      text: textAt(message, 'body') ?? '',
      at: sentAt,
      status: receiptStatusOf(providerStatus),
      providerStatus,
      errorCode: wordAt(message, 'error_code'),
      segments: segmentsOf(message),
      price: priceOf(message),
      mediaCount: countAt(message, 'num_media') ?? 0,
    },
  ];
};

/**
 * What an exchange says of a page. Of the next page's address only the query is taken: the rest is
 * ours, so that the token goes nowhere else.
 */
export const pageOutcome = (exchange: Exchange): Page | NotDone => {
  if (!isSuccess(exchange)) return notDone(exchange, WORDS);
  const body = parseJson(exchange.body);
  if (at(body, 'messages') === undefined)
    return { kind: 'unknown', why: `${exchange.status} without messages` };
  const next = textAt(body, 'next_page_uri');
  return {
    kind: 'page',
    messages: listAt(body, 'messages').flatMap(readListed),
    next: next === undefined ? null : next.replace(/^[^?]*\??/, ''),
  };
};
