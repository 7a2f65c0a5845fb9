import { epochMs, type Instant, type Json } from '#kernel';
import type { Reply } from './answers.js';
import type { Sms } from './sms-log.js';

/** A refusal in the shape of Twilio's API. */
export const twilioError = (status: number, code: number, message: string): Reply => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

/** RFC 2822 with a numeric zone, as Twilio writes dates: to the second. */
const dateText = (at: Instant): string =>
  new Date(epochMs(at)).toUTCString().replace(/GMT$/, '+0000');

/** What a segment costs here; Twilio knows it once the message is on its way. */
const SEGMENT_PRICE = 0.04;
const PRICED: ReadonlySet<string> = new Set(['sent', 'delivered', 'undelivered', 'received']);

/** The resource of one message. */
export const smsToJson = (accountSid: string, sms: Sms): Json => ({
  account_sid: accountSid,
  api_version: '2010-04-01',
  body: sms.text,
  date_created: dateText(sms.at),
  date_sent: dateText(sms.at),
  date_updated: dateText(sms.at),
  direction: sms.direction,
  error_code: sms.errorCode,
  error_message: sms.errorCode === null ? null : `Error ${sms.errorCode}`,
  from: sms.from,
  messaging_service_sid: null,
  num_media: '0',
  num_segments: String(sms.segments),
  price: PRICED.has(sms.status) ? (-SEGMENT_PRICE * sms.segments).toFixed(5) : null,
  price_unit: 'USD',
  sid: sms.sid,
  status: sms.status,
  to: sms.to,
  uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sms.sid}.json`,
});
