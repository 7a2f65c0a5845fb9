import { at, textAt } from '#channels/http';
import { isJsonObject, type Json } from '#kernel';
import { senderOf } from './customer.js';
import { itemOf, partitionOf, unreadable, type Place } from './place.js';
import { readTimestamp } from './timestamp.js';
import type { InboundContent, WebhookItem } from './webhook-item.js';

/**
 * Types that are not the customer writing to us: a changed number, and changes of an earlier
 * message. Meta says nothing of reactions and of what it calls unsupported; we count them, and a
 * refusal (131047) corrects us when Meta does not.
 */
const OPENS_NO_WINDOW: ReadonlySet<string> = new Set(['system', 'edit', 'revoke']);

const typeOf = (message: Json): string =>
  textAt(message, 'type') ?? (isJsonObject(at(message, 'system')) ? 'system' : 'unknown');

const forwardedOf = (message: Json): 'no' | 'once' | 'often' => {
  if (at(message, 'context', 'frequently_forwarded') === true) return 'often';
  return at(message, 'context', 'forwarded') === true ? 'once' : 'no';
};

const contentOf = (message: Json, type: string): InboundContent => {
  const text = at(message, 'text', 'body');
  if (type !== 'text' || typeof text !== 'string')
    return { kind: 'unsupported', type, raw: message };
  return {
    kind: 'text',
    text,
    forwarded: forwardedOf(message),
    referral: at(message, 'referral') ?? null,
    referredProduct: at(message, 'context', 'referred_product') ?? null,
  };
};

/** One of `value.messages`: the customer's message, or unreadable with what is missing. */
export const readMessage = (
  place: Place,
  phoneNumberId: string,
  value: Json,
  message: Json,
): WebhookItem => {
  const id = textAt(message, 'id');
  const sentAt = readTimestamp(at(message, 'timestamp'));
  const customer = senderOf(message, value);
  const type = typeOf(message);
  if (id === undefined) return unreadable(place, 'a message without an id', message);
  if (sentAt === null)
    return unreadable(place, 'a message without a timestamp in seconds', message);
  if (customer === null) return unreadable(place, 'a message without a sender', message);
  // A group is not a thread between one number and one customer: putting it there would be a leak.
  if (at(message, 'group_id') !== undefined)
    return unreadable(place, 'a message to a group', message);
  const quoted = textAt(message, 'context', 'id');
  return {
    kind: 'message',
    item: itemOf(place, message),
    partition: partitionOf(place, phoneNumberId, customer),
    phoneNumberId,
    customer,
    providerMessageId: id,
    sentAt,
    content: contentOf(message, type),
    ...(quoted === undefined ? {} : { quotedProviderMessageId: quoted }),
    opensWindow: !OPENS_NO_WINDOW.has(type),
  };
};
