import * as http from 'node:http';
import {
  exchange,
  openConnections,
  type CallTerms,
  type ConnectionOptions,
  type Exchange,
  type NotDone,
} from '#channels/http';
import { epochMs, type Instant } from '#kernel';
import { pageOutcome, sendOutcome, type Page } from './answer.js';
import { writeForm } from './form.js';
import type { ListedSms, SmsFilter, SmsListing, SmsSender } from './sender.js';

export type TwilioOptions = ConnectionOptions & {
  /** Without the version: `https://api.twilio.com`. */
  readonly apiUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
};

export type TwilioClient = SmsSender & {
  /** Closes the connections that are kept open. Sends under way become unknown. */
  readonly close: () => void;
};

const API_VERSION = '2010-04-01';
const SEND_ANSWER_BYTES_MAX = 256 * 1024;

export const listLimits = {
  pageSize: 200,
  /** With the page size: how many messages one listing reads at most. */
  pagesMax: 25,
  /** A page of texts as long as Twilio takes them, every character escaped. */
  pageBytesMax: 4 * 1024 * 1024,
} as const;

const toTheSecond = (at: Instant): string => `${at.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;

/**
 * The instants as Twilio's own libraries write it. Its pages speak of days only: should it answer
 * with the rest of the day, too, that is sorted out here.
 */
const firstQuery = ({ to, from, sentAfter, sentBefore }: SmsFilter): string =>
  new URLSearchParams({
    ...(to === undefined ? {} : { To: to }),
    ...(from === undefined ? {} : { From: from }),
    'DateSent>': toTheSecond(sentAfter),
    ...(sentBefore === undefined ? {} : { 'DateSent<': toTheSecond(sentBefore) }),
    PageSize: String(listLimits.pageSize),
  }).toString();

const newestFirst = (messages: readonly ListedSms[]): readonly ListedSms[] =>
  messages.toSorted((a, b) => epochMs(b.at) - epochMs(a.at));

type ReadPage = (query: string) => Promise<Page | NotDone>;

/**
 * Reads pages until there are no more. Not until they are too old: Twilio sorts by the time of
 * making, and does not promise even that.
 */
const readPages = async (filter: SmsFilter, readPage: ReadPage): Promise<SmsListing> => {
  const afterMs = Math.floor(epochMs(filter.sentAfter) / 1000) * 1000;
  const beforeMs = filter.sentBefore === undefined ? Infinity : epochMs(filter.sentBefore);
  const found = new Map<string, ListedSms>();
  let query: string | null = firstQuery(filter);
  for (let pages = 0; query !== null && pages < listLimits.pagesMax; pages += 1) {
    const page: Page | NotDone = await readPage(query);
    if (page.kind !== 'page') return page;
    for (const message of page.messages)
      if (epochMs(message.at) >= afterMs && epochMs(message.at) <= beforeMs)
        found.set(message.sid, message);
    query = page.next;
  }
  return {
    kind: 'listed',
    messages: newestFirst([...found.values()]),
    complete: query === null,
  };
};

/**
 * Twilio's Messages over HTTP. Throws when `apiUrl` is no URL or the credentials cannot be a
 * header.
 * https://www.twilio.com/docs/messaging/api/message-resource (read 2026-11-20)
 */
export const createTwilioClient = (options: TwilioOptions): TwilioClient => {
  const { accountSid, authToken, apiUrl } = options;
  const connections = openConnections(apiUrl, options.connectionsMax);
  const credentials = Buffer.from(`${accountSid}:${authToken}`, 'utf8').toString('base64');
  const authorization = `Basic ${credentials}`;
  http.validateHeaderValue('authorization', authorization);
  const address =
    `${apiUrl.replace(/\/+$/, '')}/${API_VERSION}/Accounts/` +
    `${encodeURIComponent(accountSid)}/Messages.json`;
  const shared = { ...options, connections };

  const post = (fields: { readonly [name: string]: string }, terms: CallTerms): Promise<Exchange> =>
    exchange(
      {
        method: 'POST',
        url: new URL(address),
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
        body: writeForm(fields),
      },
      { ...shared, ...terms, answerBytesMax: SEND_ANSWER_BYTES_MAX },
    );
  const get = (query: string, terms: CallTerms): Promise<Exchange> =>
    exchange(
      { method: 'GET', url: new URL(`${address}?${query}`), headers: { authorization } },
      { ...shared, ...terms, answerBytesMax: listLimits.pageBytesMax },
    );

  return {
    send: async ({ from, to, text, statusCallback }, terms) =>
      sendOutcome(
        await post({ To: to, From: from, Body: text, StatusCallback: statusCallback }, terms),
      ),
    list: (filter, terms) =>
      readPages(filter, async (query) => pageOutcome(await get(query, terms))),
    close: () => connections.agent.destroy(),
  };
};
