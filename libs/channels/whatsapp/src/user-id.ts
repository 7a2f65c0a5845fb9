import { at, textAt } from '#channels/http';
import type { Json } from '#kernel';
import { customerOf } from './customer.js';
import { itemOf, partitionOf, unreadable, type Place } from './place.js';
import { readTimestamp } from './timestamp.js';
import type { Customer, WebhookItem } from './webhook-item.js';

/** One of `value.user_id_update`: the customer's user id is another one from now on. */
export const readUserIdUpdate = (
  place: Place,
  phoneNumberId: string,
  update: Json,
): WebhookItem => {
  const waId = textAt(update, 'wa_id');
  const customer = customerOf(waId, textAt(update, 'user_id', 'previous'));
  const becomes = customerOf(waId, textAt(update, 'user_id', 'current'));
  const sentAt = readTimestamp(at(update, 'timestamp'));
  if (becomes?.bsuid === undefined)
    return unreadable(place, 'a changed user id without the new one', update);
  if (customer === null) return unreadable(place, 'a changed user id without the old one', update);
  if (sentAt === null)
    return unreadable(place, 'a changed user id without a timestamp in seconds', update);
  return {
    kind: 'user-id',
    item: itemOf(place, update),
    partition: partitionOf(place, phoneNumberId, customer),
    phoneNumberId,
    customer,
    becomes,
    sentAt,
  };
};

const changes: ReadonlySet<string> = new Set([
  'user_changed_number',
  'customer_changed_number',
  'user_changed_user_id',
]);

/** Words in which Meta tells a changed user id: `User Ann changed from GB.1 to GB.2`. */
const fromTo = /\bfrom (\S+) to \S+\s*$/;

export type Change = { readonly before: Customer | null; readonly becomes: Customer };

/** Under which addresses we know whoever changed: what is new of them is none of these. */
export const formerly = (sender: Customer | null, { before, becomes }: Change): Customer => {
  const { bsuid, ...number }: Customer = { ...sender, ...before };
  const known: Customer = bsuid === becomes.bsuid ? number : { ...sender, ...before };
  return known.waId === undefined && known.bsuid === undefined ? becomes : known;
};

/** The addresses that a system message is about: of before, and of now; null when it is none of that. */
export const readChange = (message: Json): Change | null => {
  const told = at(message, 'system') ?? null;
  if (!changes.has(textAt(told, 'type') ?? '')) return null;
  const before = textAt(told, 'previous_user_id') ?? fromTo.exec(textAt(told, 'body') ?? '')?.[1];
  const becomes = customerOf(
    textAt(told, 'wa_id') ?? textAt(told, 'new_wa_id'),
    textAt(told, 'user_id'),
  );
  return becomes && { before: customerOf(undefined, before), becomes };
};
