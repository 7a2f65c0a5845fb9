import { at, textAt } from '#channels/http';
import { isJsonObject, type Json } from '#kernel';
import { recipientOf, senderOf } from './customer.js';
import { notice } from './notice.js';
import { unreadable, type Place } from './place.js';
import { isUnreadable, told } from './told.js';
import type { WebhookItem } from './webhook-item.js';

/**
 * One of `value.calls`. A customer who calls opens the window, whether or not anybody answers; it
 * counts once, when it begins to ring. How a call goes on, and calls of the business, are notices.
 */
export const readCall = (
  place: Place,
  phoneNumberId: string,
  value: Json,
  call: Json,
): WebhookItem => {
  if (!isJsonObject(call)) return unreadable(place, 'a call that is no object', call);
  const isConnect = /(?:^|_)connect$/i.test(textAt(call, 'event') ?? '');
  if (!isConnect || textAt(call, 'direction') !== 'USER_INITIATED')
    return notice(place, 'calls', call);
  const base = told(place, phoneNumberId, {
    what: 'a call',
    update: call,
    customer: senderOf(call, value),
    id: textAt(call, 'id') ?? textAt(call, 'wacid'),
    timestamp: at(call, 'timestamp') ?? at(call, 'start_time'),
  });
  return isUnreadable(base) ? base : { ...base, kind: 'call', how: 'called' };
};

/** A status of a call of the business: once the customer takes it, the window is open. */
export const readCallStatus = (
  place: Place,
  phoneNumberId: string,
  value: Json,
  status: Json,
): WebhookItem => {
  if (textAt(status, 'status')?.toUpperCase() !== 'ACCEPTED') return notice(place, 'calls', status);
  const customer = recipientOf(status, value);
  const base = told(place, phoneNumberId, { what: 'a call', update: status, customer });
  return isUnreadable(base) ? base : { ...base, kind: 'call', how: 'answered' };
};
