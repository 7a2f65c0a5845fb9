import { epochMs, parseInstant } from '#kernel';
import { ok, type Reply } from './answers.js';
import { limits } from './limits.js';
import type { Sms } from './sms-log.js';
import { smsToJson, twilioError } from './twilio-answers.js';

const PAGE_SIZE = 50;
const DAY_MS = 24 * 60 * 60 * 1000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

type Bounds = { readonly fromMs: number; readonly untilMs: number };

/** The stretch of time that a day or an instant names, half-open; null for anything else. */
const boundsOf = (text: string): Bounds | null => {
  const at = parseInstant(DAY.test(text) ? `${text}T00:00:00Z` : text);
  if (at === null) return null;
  return { fromMs: epochMs(at), untilMs: epochMs(at) + (DAY.test(text) ? DAY_MS : 1000) };
};

type Filter = (sms: Sms) => boolean;

const dated =
  (text: string, holds: (ms: number, bounds: Bounds) => boolean): Filter =>
  (sms) => {
    const bounds = boundsOf(text);
    // A date that cannot be read filters nothing, as at Twilio.
    return bounds === null || holds(Math.floor(epochMs(sms.at) / 1000) * 1000, bounds);
  };

/** Twilio's filters by their names; those with < and > include the day or second they name. */
const FILTERS: { readonly [name: string]: (value: string) => Filter } = {
  To: (value) => (sms) => sms.to === value,
  From: (value) => (sms) => sms.from === value,
  DateSent: (value) => dated(value, (ms, { fromMs, untilMs }) => ms >= fromMs && ms < untilMs),
  'DateSent>': (value) => dated(value, (ms, { fromMs }) => ms >= fromMs),
  'DateSent<': (value) => dated(value, (ms, { untilMs }) => ms < untilMs),
};

const wholeIn = (query: URLSearchParams, name: string, otherwise: number): number => {
  const text = query.get(name) ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : otherwise;
};

/** One page of messages, newest first, as GET Messages.json answers it. */
export const listPage = (
  accountSid: string,
  messages: readonly Sms[],
  query: URLSearchParams,
): Reply => {
  const pageSize = wholeIn(query, 'PageSize', PAGE_SIZE);
  const page = wholeIn(query, 'Page', 0);
  if (pageSize < 1) return twilioError(400, 20006, 'Page size must be at least 1');
  const size = Math.min(pageSize, limits.smsPageMax);
  const filters = Object.entries(FILTERS).flatMap(([name, make]) =>
    query.getAll(name).map((value) => make(value.trim())),
  );
  const found = messages.filter((sms) => filters.every((filter) => filter(sms)));
  const shown = found.slice(page * size, (page + 1) * size);
  const uriOf = (index: number): string => {
    const next = new URLSearchParams(query);
    next.set('PageSize', String(size));
    next.set('Page', String(index));
    if (index > 0) next.set('PageToken', `PA${shown.at(-1)?.sid ?? ''}`);
    return `/2010-04-01/Accounts/${accountSid}/Messages.json?${next.toString()}`;
  };
  return ok({
    messages: shown.map((sms) => smsToJson(accountSid, sms)),
    page,
    page_size: size,
    start: page * size,
    end: page * size + Math.max(shown.length - 1, 0),
    first_page_uri: uriOf(0),
    next_page_uri: (page + 1) * size < found.length ? uriOf(page + 1) : null,
    previous_page_uri: page > 0 ? uriOf(page - 1) : null,
    uri: uriOf(page),
  });
};
