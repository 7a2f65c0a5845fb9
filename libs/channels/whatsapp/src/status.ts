import { at, listAt, textAt } from '#channels/http';
import type { Json } from '#kernel';
import { readCallStatus } from './call.js';
import { recipientOf } from './customer.js';
import { itemOf, partitionOf, printable, unreadable, type Place } from './place.js';
import { readProviderError } from './read-error.js';
import { readTimestamp } from './timestamp.js';
import type { ReceiptStatus, StatusItem, WebhookItem } from './webhook-item.js';

/** A voice note that was played has been read: there is no status above READ. */
const STATUSES: ReadonlyMap<string, ReceiptStatus> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
  ['failed', 'failed'],
]);

const extrasOf = (status: Json): Partial<StatusItem> => {
  const callbackData = textAt(status, 'biz_opaque_callback_data');
  const error = readProviderError(listAt(status, 'errors')[0]);
  const pricing = at(status, 'pricing');
  return {
    ...(callbackData === undefined ? {} : { callbackData }),
    ...(error === null ? {} : { error }),
    ...(pricing === undefined ? {} : { pricing }),
  };
};

/** One of `value.statuses`: a receipt, or unreadable with what is missing or unknown. */
export const readStatus = (
  place: Place,
  phoneNumberId: string,
  value: Json,
  raw: Json,
): WebhookItem => {
  if (at(raw, 'type') === 'call') return readCallStatus(place, phoneNumberId, value, raw);
  const id = textAt(raw, 'id');
  const occurredAt = readTimestamp(at(raw, 'timestamp'));
  const name = textAt(raw, 'status');
  const status = STATUSES.get(name ?? '');
  if (id === undefined) return unreadable(place, 'a status without an id', raw);
  if (name === undefined) return unreadable(place, 'a status without a name', raw);
  if (status === undefined) return unreadable(place, `an unknown status: ${printable(name)}`, raw);
  if (occurredAt === null) return unreadable(place, 'a status without a timestamp in seconds', raw);
  const customer = recipientOf(raw, value);
  return {
    kind: 'status',
    item: itemOf(place, raw),
    partition: partitionOf(place, phoneNumberId, customer),
    phoneNumberId,
    ...(customer === null ? {} : { customer }),
    providerMessageId: id,
    status,
    at: occurredAt,
    ...extrasOf(raw),
  };
};
