import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readForm, segmentsOf, valueOf, type Form } from '#channels/sms';
import { instant } from '#kernel';
import type { Reply } from './answers.js';
import type { ProviderReply } from './graph.js';
import { spendLostAnswer, spendRefusal, type MoodOf } from './moods.js';
import type { SimulatedSms } from './options.js';
import type { Outbox } from './outbox.js';
import type { SmsLog } from './sms-log.js';
import { smsSid } from './sms-log.js';
import type { SmsReceipts } from './sms-receipts.js';
import { smsToJson, twilioError } from './twilio-answers.js';
import { listPage } from './twilio-list.js';

export type TwilioCall = {
  readonly accountSid: string;
  readonly authorization: string | undefined;
};

/** The double of Twilio's messages. */
export type Twilio = {
  readonly send: (call: TwilioCall, rawBody: Buffer) => Promise<ProviderReply>;
  readonly list: (call: TwilioCall, query: URLSearchParams) => Promise<Reply>;
};

export type TwilioOptions = MoodOf & {
  readonly sms: SimulatedSms;
  readonly log: SmsLog;
  readonly outbox: Outbox;
  readonly receipts: SmsReceipts;
  readonly nowMs: () => number;
  readonly save: () => Promise<void>;
  readonly changed: () => void;
};

type Send = {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly statusCallback: string | null;
};

const TEXT_CHARACTERS_MAX = 1_600;
const E164 = /^\+[1-9][0-9]{6,14}$/;

const refusal = (code: number, message: string): Reply => twilioError(400, code, message);

/** What Twilio finds wrong with a message, in the order in which it looks; null when nothing. */
const faultOf = (options: TwilioOptions, send: Send): Reply | null => {
  const { from, to, text, statusCallback } = send;
  const isOurs = options.sms.numbers.some(({ number }) => number === from);
  if (to === '') return refusal(21604, "A 'To' phone number is required.");
  if (!E164.test(to)) return refusal(21211, `Invalid 'To' Phone Number: ${to.slice(0, 5)}XXXX`);
  if (from === '') return refusal(21603, "A 'From' phone number is required.");
  if (!isOurs) return refusal(21606, `The 'From' phone number ${from} is not a number of yours.`);
  if (to === from) return refusal(21266, "'To' and 'From' number cannot be the same");
  if (text === '') return refusal(21602, 'Message body is required.');
  if (text.length > TEXT_CHARACTERS_MAX)
    return refusal(21617, 'The concatenated message body exceeds the 1600 character limit');
  if (statusCallback !== null && !URL.canParse(statusCallback))
    return refusal(21609, `Invalid 'StatusCallback' URL ${statusCallback}`);
  if (options.log.isOptedOut(to, from))
    return refusal(21610, 'Attempt to send to unsubscribed recipient');
  return null;
};

const readSend = (form: Form): Send => ({
  from: valueOf(form, 'From')?.trim() ?? '',
  to: valueOf(form, 'To')?.trim() ?? '',
  text: valueOf(form, 'Body') ?? '',
  statusCallback: valueOf(form, 'StatusCallback') ?? null,
});

const accept = async (options: TwilioOptions, send: Send): Promise<ProviderReply> => {
  const { accountSid } = options.sms;
  const lost = spendLostAnswer(options);
  const { segments } = segmentsOf(send.text);
  const at = instant(options.nowMs());
  const sms = {
    ...send,
    sid: smsSid(),
    direction: 'outbound-api',
    at,
    status: 'queued',
    errorCode: null,
    segments,
    // What is to fail later never rings.
    onPhone: options.mood().failLater === null ? 'unread' : 'never',
  } as const;
  options.log.add(sms);
  options.outbox.addSms({
    provider: 'twilio',
    sid: sms.sid,
    from: send.from,
    to: send.to.slice(1),
    type: 'text',
    text: send.text,
    callbackData: send.statusCallback,
    acceptedAt: at,
    answered: !lost,
    segments,
  });
  // What Twilio has accepted it still has after a crash, ours or its own.
  await options.save();
  options.receipts.play(sms);
  options.changed();
  return lost ? 'lost' : { status: 201, body: smsToJson(accountSid, sms) };
};

const answer = async (options: TwilioOptions, send: Send): Promise<ProviderReply> => {
  const fault = faultOf(options, send);
  if (fault !== null) return fault;
  const refuse = spendRefusal(options);
  if (refuse !== null) return twilioError(refuse.httpStatus, refuse.code, refuse.message);
  if (!options.receipts.mayPlay()) return twilioError(429, 20429, 'Too Many Requests');
  return accept(options, send);
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const createTwilio = (options: TwilioOptions): Twilio => {
  const { accountSid, authToken } = options.sms;
  const basic = digest(`Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`);
  const strangerTo = (call: TwilioCall): Reply | null => {
    if (!timingSafeEqual(digest(call.authorization ?? ''), basic))
      return twilioError(401, 20003, 'Authenticate');
    return call.accountSid === accountSid
      ? null
      : twilioError(404, 20404, 'The requested resource was not found');
  };
  return {
    send: async (call, rawBody) => {
      const reply = strangerTo(call) ?? (await answer(options, readSend(readForm(rawBody))));
      await sleep(options.mood().delayMs, undefined, { ref: false });
      return reply;
    },
    list: async (call, query) => strangerTo(call) ?? listPage(accountSid, options.log.all(), query),
  };
};
