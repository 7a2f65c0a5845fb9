import { keywordOf, segmentsOf, smsNumberOf } from '#channels/sms';
import { instant, type Json } from '#kernel';
import { BadRequest, ok, type Reply } from './answers.js';
import { readCustomer } from './customers.js';
import type { Deliveries } from './deliveries.js';
import { limits } from './limits.js';
import type { SimulatedSms } from './options.js';
import { knowsOnly, optionalText, readObject } from './reading.js';
import type { TwilioMood } from './moods.js';
import { isUnread, smsSid, type Sms, type SmsLog } from './sms-log.js';
import type { TwilioPost } from './twilio-webhook.js';

export type SmsInboundOptions = {
  readonly sms: SimulatedSms;
  readonly log: SmsLog;
  readonly deliveries: Deliveries<TwilioPost>;
  readonly isDropping: () => TwilioMood['dropInbound'];
  /** A phone that texts is shown, also when it has never written on WhatsApp. */
  readonly phoneWrote: (customer: string, number: string) => void;
  readonly nowMs: () => number;
  readonly save: () => Promise<void>;
  readonly changed: () => void;
};

const SID = /^SM[0-9a-f]{32}$/;

const digitsOf = (text: string): string => text.replace(/[^0-9]/g, '');

/** The number that carriers know a phone by; a phone without a number has no SMS. */
export const readSmsCustomer = (from: string): string => {
  const number = smsNumberOf(readCustomer(from));
  if (number === null) throw new BadRequest(`"${from}" has no number, and so no SMS.`);
  return number;
};

/** Our number that `to` names by its digits; the first one when nothing is said. */
export const readSmsNumber = (sms: SimulatedSms, to: string | undefined): string => {
  const found =
    to === undefined
      ? sms.numbers[0]
      : sms.numbers.find(({ number }) => digitsOf(number) === digitsOf(to));
  if (found === undefined)
    throw new BadRequest(
      `"${to ?? ''}" is no SMS number here. Known are ` +
        `${sms.numbers.map(({ number }) => number).join(', ')}.`,
    );
  return found.number;
};

const readSid = (text: string | undefined): string => {
  if (text !== undefined && !SID.test(text))
    throw new BadRequest('"id" must be a sid: SM and 32 hexadecimal digits.');
  return text ?? smsSid();
};

/** STOP and START are obeyed before anybody is told, whether anybody listens or not. */
const obey = (log: SmsLog, { from, to, text }: Sms): void => {
  const keyword = keywordOf(text);
  if (keyword === 'stop') log.optOut(from, to);
  if (keyword === 'start') log.optIn(from, to);
};

const fieldsOf = (accountSid: string, sms: Sms): TwilioPost['fields'] => ({
  ToCountry: 'GB',
  FromCountry: 'GB',
  MessageSid: sms.sid,
  SmsMessageSid: sms.sid,
  SmsSid: sms.sid,
  AccountSid: accountSid,
  From: sms.from,
  To: sms.to,
  Body: sms.text,
  NumMedia: '0',
  NumSegments: String(sms.segments),
  SmsStatus: 'received',
  ApiVersion: '2010-04-01',
});

/**
 * A customer sends an SMS: `{to?, text, id?}`. Twilio keeps it in its list and tells the webhook
 * once: what nobody hears is found in the list only.
 */
export const sendSms = async (
  options: SmsInboundOptions,
  from: string,
  body: Json | undefined,
): Promise<Reply> => {
  const object = readObject(body);
  knowsOnly(object, ['to', 'text', 'id']);
  const text = optionalText(object, 'text', limits.textCharactersMax);
  if (text === undefined) throw new BadRequest('Say "text".');
  const sms: Sms = {
    sid: readSid(optionalText(object, 'id', limits.nameCharactersMax)),
    direction: 'inbound',
    from: readSmsCustomer(from),
    to: readSmsNumber(options.sms, optionalText(object, 'to', limits.addressCharactersMax)),
    text,
    at: instant(options.nowMs()),
    status: 'received',
    errorCode: null,
    segments: segmentsOf(text).segments,
    statusCallback: null,
    onPhone: 'read',
  };
  options.log.add(sms);
  obey(options.log, sms);
  options.phoneWrote(readCustomer(from), sms.to);
  await options.save();
  options.changed();
  const taken = { sid: sms.sid, timestamp: sms.at };
  if (options.isDropping()) return ok({ ...taken, delivered: false, httpStatus: null });
  const delivery = options.deliveries.send(sms.from, {
    url: options.sms.inboundUrl(),
    fields: fieldsOf(options.sms.accountSid, sms),
  });
  if (delivery === null) return { status: 503, body: { error: 'Too many webhooks are waiting.' } };
  return ok({ ...taken, ...(await delivery.first) });
};

/** The SMS of one phone with one of our numbers, oldest first. */
export const smsOf = (options: SmsInboundOptions, from: string, to: string | undefined): Reply => {
  const customer = readSmsCustomer(from);
  const number = readSmsNumber(options.sms, to);
  const found = options.log.between(customer, number);
  const messages = found
    .slice(0, limits.bubblesPerPhoneMax)
    .toReversed()
    .map(({ sid, direction, text, at }) => ({
      sid,
      from: direction === 'inbound' ? 'customer' : 'business',
      text,
      at,
    }));
  const optedOut = options.log.isOptedOut(customer, number);
  return ok({ messages, number, optedOut, unread: found.filter(isUnread).length });
};

/** The customer looks at the SMS of one of our numbers; nobody is told, as in life. */
export const readSms = async (
  options: SmsInboundOptions,
  from: string,
  body: Json | undefined,
): Promise<Reply> => {
  const object = body === undefined ? {} : readObject(body);
  knowsOnly(object, ['to']);
  const number = readSmsNumber(
    options.sms,
    optionalText(object, 'to', limits.addressCharactersMax),
  );
  const read = options.log.read(readSmsCustomer(from), number);
  if (read > 0) {
    await options.save();
    options.changed();
  }
  return ok({ read });
};

/** How many SMS of an organisation a phone has not looked at; counted once for all phones. */
export const countUnread = ({
  sms,
  log,
}: Pick<SmsInboundOptions, 'sms' | 'log'>): ((
  customer: string,
  organisationName: string,
) => number) => {
  const organisations = new Map(sms.numbers.map((each) => [each.number, each.organisationName]));
  const counts = new Map<string, number>();
  for (const each of log.all().filter(isUnread)) {
    const key = `${each.to} ${organisations.get(each.from) ?? ''}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return (customer, organisationName) =>
    counts.get(`${smsNumberOf(customer) ?? ''} ${organisationName}`) ?? 0;
};
