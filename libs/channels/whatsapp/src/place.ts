import { createHash, createHmac } from 'node:crypto';
import { textAt } from '#channels/http';
import type { Json } from '#kernel';
import type { Customer, UnreadableItem } from './webhook-item.js';

const HASH_HEX_LENGTH = 16;
const FIELD_NAME_LENGTH_MAX = 64;

/** Where in a body we are, and the key that makes partitions. */
export type Place = { readonly path: string; readonly partitionKey: string };

export const below = (place: Place, step: string): Place => ({
  ...place,
  path: place.path === '' ? step : `${place.path}.${step}`,
});

/**
 * Names an item of a body by position and provider id. Unkeyed, so that it is the same for ever: a
 * provider id holds enough chance that it cannot be guessed back from its hash.
 */
export const itemOf = (place: Place, value: Json): string =>
  createHash('sha256')
    .update(`${place.path}\n${textAt(value, 'id') ?? ''}`)
    .digest('hex')
    .slice(0, HASH_HEX_LENGTH);

const keyed = (place: Place, text: string): string =>
  createHmac('sha256', place.partitionKey).update(text).digest('hex').slice(0, HASH_HEX_LENGTH);

/**
 * What must stay in order. Keyed, because all phone numbers can be tried against a plain hash
 * within seconds. The wa_id goes first: receipts carry it where messages do.
 */
export const partitionOf = (
  place: Place,
  phoneNumberId: string,
  customer: Customer | null,
): string =>
  keyed(place, `${phoneNumberId}\n${customer?.waId ?? customer?.bsuid ?? `none\n${place.path}`}`);

/** An item that nobody can read keeps a partition of its own, so that it holds up nobody else. */
export const unreadable = (place: Place, reason: string, raw: Json): UnreadableItem => ({
  kind: 'unreadable',
  item: itemOf(place, raw),
  partition: keyed(place, `unreadable\n${place.path}\n${textAt(raw, 'id') ?? ''}`),
  path: place.path,
  reason,
  raw,
});

/** A name that came from outside, fit to stand in a reason. */
export const printable = (name: string): string =>
  name.replace(/[^A-Za-z0-9_.:-]/g, '?').slice(0, FIELD_NAME_LENGTH_MAX);
