import { at, listAt, notDone, parseJson, textAt } from '#channels/http';
import type { Exchange, FailureWords } from '#channels/http';
import { classify } from './errors.js';
import { readProviderError } from './read-error.js';
import type { MarkOutcome, SendOutcome } from './sender.js';

/** One message per pair and six seconds is Meta's rule; asking sooner cannot succeed. */
const PAIR_RETRY_AFTER_MS = 6_000;
const PAIR_RATE_LIMITED = '131056';

/** How the Graph API speaks of failures. */
export const graphWords: FailureWords = {
  readError: (body) => readProviderError(at(body, 'error')),
  classify,
  // 1, 2 and 131000 are not here: with a 5xx they leave open whether the message went out.
  notProcessed: new Set(['4', '80007', '130429', '131016', '131056', '131057', '133004']),
  retryFloorMs: ({ code }) => (code === PAIR_RATE_LIMITED ? PAIR_RETRY_AFTER_MS : null),
};

/** What an exchange says of a send (F25–F31). */
export const sendOutcome = (exchange: Exchange): SendOutcome => {
  if (exchange.kind !== 'answer' || exchange.status !== 200) return notDone(exchange, graphWords);
  const body = parseJson(exchange.body);
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

/** What an exchange says of a mark. */
export const markOutcome = (exchange: Exchange): MarkOutcome => {
  if (exchange.kind !== 'answer' || exchange.status !== 200) return notDone(exchange, graphWords);
  return at(parseJson(exchange.body), 'success') === true
    ? { kind: 'done' }
    : { kind: 'unknown', why: '200 without success' };
};
