import { createHmac } from 'node:crypto';
import {
  isErased,
  unreachable,
  type EventMetadata,
  type Instant,
  type JsonObject,
  type Policy,
} from '#kernel';
import { unpacked, type WebhookReceived, type WebhookSource } from '#webhooks';
import {
  classify,
  keywordOf,
  readForm,
  readInbound,
  readListed,
  readReceipt,
  valueOf,
  type ListedSms,
  type UnreadableSms,
} from '#channels/sms';
import type { InboundSmsItem, SmsMessageItem, SmsReceiptItem } from '../domain/sms-item.js';
import { readStatusQuery } from '../domain/status-query.js';

/** Something that Twilio told, addressed to whoever brings it to its thread. */
export type ToInboundSms = { readonly to: 'inbound-sms'; readonly command: InboundSmsItem };

/**
 * Reads what Twilio posted, and what was found in its list of messages. One customer's messages to
 * one of our numbers stay in order, and so do the receipts of one SMS; `partitionKey` hashes what
 * they are kept apart by, so that what is parked names nobody.
 */
export const smsInbox = (partitionKey: string): Policy<WebhookReceived, ToInboundSms> => ({
  kind: 'policy',
  name: 'sms-inbox',
  streams: ['webhooks-sms-', 'webhooks-smsstatus-', 'webhooks-smslist-'],
  types: ['WebhookReceived'],
  whenever: ({ id, data, metadata }) => {
    const { body } = data;
    if (isErased(body)) return [];
    const item = read(data.source, unpacked({ ...data, body }), data.query, metadata);
    if (item === null) return [];
    // What nobody can read has a partition of its own, so that it holds up nobody else.
    if (item.kind === 'unreadable') return [{ key: id, item: 'body', unreadable: item.reason }];
    const command = { item, receivedAt: metadata.recordedAt };
    const key = partitionOf(partitionKey, item);
    return [{ key, item: item.kind, command: { to: 'inbound-sms', command } }];
  },
});

type Item = SmsMessageItem | SmsReceiptItem;

const read = (
  source: WebhookSource,
  body: Buffer,
  query: string,
  { recordedAt }: EventMetadata,
): Item | UnreadableSms | null => {
  switch (source) {
    case 'sms':
      return posted(body, recordedAt);
    case 'smsstatus':
      return told(body, query, recordedAt);
    case 'smslist':
      return found(body, recordedAt);
    case 'whatsapp':
      return null;
    default:
      return unreachable(source);
  }
};

const posted = (body: Buffer, sentAt: Instant): Item | UnreadableSms => {
  const message = readInbound(readForm(body));
  return message.kind === 'unreadable' ? message : { ...message, sentAt };
};

const told = (body: Buffer, query: string, at: Instant): Item | UnreadableSms | null => {
  const form = readForm(body);
  const receipt = readReceipt(form);
  if (receipt.kind === 'unreadable') return receipt;
  const { sid, status, error } = receipt;
  if (status === null) return null;
  return {
    kind: 'receipt',
    sid,
    status,
    error: error && { error: error.said, errorClass: error.errorClass },
    at,
    pricing: null,
    place: readStatusQuery(query),
    from: valueOf(form, 'From') || null,
    to: valueOf(form, 'To') || null,
  };
};

const found = (body: Buffer, recordedAt: Instant): Item | UnreadableSms | null => {
  const listed = readListed(body);
  if (listed.kind === 'unreadable') return listed;
  const { sms } = listed;
  return sms.direction === 'inbound' ? messageOf(sms) : receiptOf(sms, recordedAt);
};

const messageOf = ({ sid, from, to, text, mediaCount, at }: ListedSms): Item => ({
  kind: 'message',
  sid,
  from,
  to,
  text,
  mediaCount,
  keyword: keywordOf(text),
  sentAt: at,
});

/** Of a message that is still on its way the list says nothing that a callback will not. */
const receiptOf = (sms: ListedSms, at: Instant): Item | null => {
  const { sid, status, errorCode, from, to } = sms;
  if (status === null || status === 'sent') return null;
  const error =
    errorCode === null ? null : { code: errorCode, title: null, message: null, details: null };
  return {
    kind: 'receipt',
    sid,
    status,
    error: error && { error, errorClass: classify(error) },
    at,
    pricing: pricingOf(sms),
    place: null,
    from: from || null,
    to: to || null,
  };
};

const pricingOf = ({ segments, price }: ListedSms): JsonObject | null =>
  segments === null && price === null
    ? null
    : { segments, amount: price?.amount ?? null, currency: price?.currency ?? null };

const hashCharacters = 16;

const partitionOf = (partitionKey: string, item: Item): string => {
  const together = item.kind === 'message' ? `${item.to}\n${item.from}` : `receipt\n${item.sid}`;
  return createHmac('sha256', partitionKey).update(together).digest('hex').slice(0, hashCharacters);
};
