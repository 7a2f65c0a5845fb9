export type { ErrorClass, ProviderError } from '#channels/http';
export { bridgeText, type BridgeLinks, type BridgeText } from './bridge-text.js';
export { classify } from './errors.js';
export { readForm, valueOf, writeForm, type Form } from './form.js';
export { segmentsOf, septetsOf, transliterate, type Segments } from './gsm7.js';
export {
  keywordOf,
  readInbound,
  readReceipt,
  type InboundSms,
  type Keyword,
  type SmsReceipt,
  type SmsReceiptStatus,
  type UnreadableSms,
} from './inbound.js';
export { readListed, writeListed, type KeptSms } from './listed-sms.js';
export type {
  ListedSms,
  SmsFilter,
  SmsListing,
  SmsOutcome,
  SmsPrice,
  SmsRequest,
  SmsSender,
} from './sender.js';
export { signForm, verifySignature, type SignedRequest } from './signature.js';
export { smsNumberOf } from './sms-number.js';
export { createTwilioClient, type TwilioClient, type TwilioOptions } from './twilio-client.js';
