import type { ErrorClass, ProviderError } from '#channels/http';
import { classify } from './errors.js';
import { valueOf, type Form } from './form.js';

/** What a whole message may ask of the channel itself (R095, Q16). */
export type Keyword = 'stop' | 'start' | 'help';

export type InboundSms = {
  readonly kind: 'message';
  /** Twilio's id of the message: the same in every repetition. */
  readonly sid: string;
  /** E.164. */
  readonly from: string;
  /** Our number, E.164. */
  readonly to: string;
  readonly text: string;
  readonly mediaCount: number;
  readonly keyword: Keyword | null;
};

export type SmsReceiptStatus = 'sent' | 'delivered' | 'failed' | 'read';

export type SmsReceipt = {
  readonly kind: 'receipt';
  readonly sid: string;
  /** Null for a step on the way, or a status that nobody has met: nothing changes. */
  readonly status: SmsReceiptStatus | null;
  /** In Twilio's words. */
  readonly providerStatus: string;
  readonly error: { readonly said: ProviderError; readonly errorClass: ErrorClass } | null;
};

export type UnreadableSms = { readonly kind: 'unreadable'; readonly reason: string };

const SID = /^(?:SM|MM)[0-9a-fA-F]{32}$/;
const E164 = /^\+[1-9][0-9]{1,14}$/;
const NO_ERROR = '0';

/**
 * Twilio's default words, for which it answers and blocks by itself.
 * https://help.twilio.com/articles/223134027 (read 2026-11-20)
 */
const WORDS: { readonly [Word in Keyword]: readonly string[] } = {
  stop: ['stop', 'unsubscribe', 'end', 'quit', 'stopall', 'revoke', 'optout', 'cancel'],
  start: ['start', 'yes', 'unstop'],
  help: ['help', 'info'],
};
const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  (['stop', 'start', 'help'] as const).flatMap((keyword) =>
    WORDS[keyword].map((word) => [word, keyword] as const),
  ),
);

const STATUSES: ReadonlyMap<string, SmsReceiptStatus> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
  ['read', 'read'],
]);

/** Whether `text` is Twilio's id of a message. */
export const isSid = (text: string): boolean => SID.test(text);

export const isE164 = (text: string): boolean => E164.test(text);

/** The keyword that `text` is, as a whole: "STOP please" is a message like any other. */
export const keywordOf = (text: string): Keyword | null =>
  KEYWORDS.get(text.trim().toLowerCase()) ?? null;

/** The part of a receipt that Twilio's word for a status plays. */
export const receiptStatusOf = (providerStatus: string): SmsReceiptStatus | null =>
  STATUSES.get(providerStatus.toLowerCase()) ?? null;

const unreadable = (reason: string): UnreadableSms => ({ kind: 'unreadable', reason });

const sidIn = (form: Form): string | null => {
  const sid = valueOf(form, 'MessageSid') ?? valueOf(form, 'SmsSid') ?? '';
  return isSid(sid) ? sid : null;
};

const numberIn = (form: Form, name: string): string | null => {
  const number = valueOf(form, name)?.trim() ?? '';
  return isE164(number) ? number : null;
};

const countIn = (form: Form, name: string): number => {
  const count = valueOf(form, name) ?? '';
  return /^[0-9]{1,3}$/.test(count) ? Number(count) : 0;
};

/** Reads a message that Twilio posted. Total: what cannot be understood says why. */
export const readInbound = (form: Form): InboundSms | UnreadableSms => {
  const sid = sidIn(form);
  const from = numberIn(form, 'From');
  const to = numberIn(form, 'To');
  if (sid === null) return unreadable('no MessageSid');
  if (from === null) return unreadable('From is no E.164 number');
  if (to === null) return unreadable('To is no E.164 number');
  const text = valueOf(form, 'Body') ?? '';
  // With Advanced Opt-Out Twilio knows words of its own and says which one it took the message for.
  const keyword = keywordOf(valueOf(form, 'OptOutType') ?? '') ?? keywordOf(text);
  return { kind: 'message', sid, from, to, text, mediaCount: countIn(form, 'NumMedia'), keyword };
};

const errorIn = (form: Form): SmsReceipt['error'] => {
  const code = valueOf(form, 'ErrorCode') ?? '';
  if (code === '' || code === NO_ERROR) return null;
  const message = valueOf(form, 'ErrorMessage') ?? '';
  const said: ProviderError = {
    code,
    title: null,
    message: message === '' ? null : message,
    details: null,
  };
  return { said, errorClass: classify(said) };
};

/** Reads a status callback. Total. */
export const readReceipt = (form: Form): SmsReceipt | UnreadableSms => {
  const sid = sidIn(form);
  const providerStatus = valueOf(form, 'MessageStatus') ?? valueOf(form, 'SmsStatus') ?? '';
  if (sid === null) return unreadable('no MessageSid');
  if (providerStatus === '') return unreadable('no MessageStatus');
  const status = receiptStatusOf(providerStatus);
  return { kind: 'receipt', sid, status, providerStatus, error: errorIn(form) };
};
