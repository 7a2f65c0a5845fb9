import { at, textAt } from '#channels/http';
import type { Instant, Json } from '#kernel';
import { itemOf, partitionOf, unreadable, type Place } from './place.js';
import { readTimestamp } from './timestamp.js';
import type { Customer, UnreadableItem } from './webhook-item.js';

/** What every update between a number and a customer has. */
export type Told = {
  readonly item: string;
  readonly partition: string;
  readonly phoneNumberId: string;
  readonly customer: Customer;
  readonly providerMessageId: string;
  readonly sentAt: Instant;
};

type Parts = {
  /** For the reason when something is missing: `a message`. */
  readonly what: string;
  readonly update: Json;
  readonly customer: Customer | null;
  readonly id?: string | undefined;
  readonly timestamp?: Json | undefined;
};

/** What the update says of itself, or unreadable with what is missing. */
export const told = (
  place: Place,
  phoneNumberId: string,
  { what, update, customer, ...parts }: Parts,
): Told | UnreadableItem => {
  const id = parts.id ?? textAt(update, 'id');
  const sentAt = readTimestamp(parts.timestamp ?? at(update, 'timestamp'));
  if (id === undefined) return unreadable(place, `${what} without an id`, update);
  if (sentAt === null) return unreadable(place, `${what} without a timestamp in seconds`, update);
  if (customer === null) return unreadable(place, `${what} without a customer`, update);
  // A group is not a thread between one number and one customer: putting it there would be a leak.
  if (at(update, 'group_id') !== undefined) return unreadable(place, `${what} to a group`, update);
  return {
    item: itemOf(place, update),
    partition: partitionOf(place, phoneNumberId, customer),
    phoneNumberId,
    customer,
    providerMessageId: id,
    sentAt,
  };
};

export const isUnreadable = (read: Told | UnreadableItem): read is UnreadableItem => 'kind' in read;
