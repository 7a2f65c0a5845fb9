import { at, isList, nestingDepth, textAt } from '#channels/http';
import { isJsonObject, type Json, type JsonObject } from '#kernel';
import { readMessage } from './message.js';
import { below, printable, unreadable, type Place } from './place.js';
import { readStatus } from './status.js';
import type { WebhookItem } from './webhook-item.js';

/**
 * How much of one delivery is looked at. Meta promises at most 1,000 updates and 3 MB; whoever works
 * the updates bounds them.
 */
export const webhookLimits = {
  bodyBytesMax: 3 * 1024 * 1024,
  depthMax: 32,
  /** How much of a body that is no JSON is shown; the raw body itself is kept elsewhere. */
  shownCharactersMax: 4_096,
} as const;

const PRODUCT = 'whatsapp_business_account';
/** What stands around the updates of a change, and is no update itself. */
const FRAME: ReadonlySet<string> = new Set(['messaging_product', 'metadata', 'contacts']);

const parse = (rawBody: Buffer): Json => {
  const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
  return parsed as Json;
};

const shown = (rawBody: Buffer): string =>
  rawBody.subarray(0, webhookLimits.shownCharactersMax).toString('utf8');

/**
 * `value[name]` item by item; what is no list is itself unreadable, and a missing one is nothing.
 */
const each = (
  place: Place,
  object: Json,
  name: string,
  read: (place: Place, item: Json) => readonly WebhookItem[],
): readonly WebhookItem[] => {
  const list = at(object, name);
  if (list === undefined) return [];
  if (!isList(list)) return [unreadable(below(place, name), `${printable(name)} is no list`, list)];
  return list.flatMap((item, index) => read(below(place, `${name}[${index}]`), item));
};

const readOthers = (place: Place, value: JsonObject): readonly WebhookItem[] =>
  Object.keys(value)
    .filter((name) => !FRAME.has(name) && name !== 'messages' && name !== 'statuses')
    .flatMap((name) => {
      const where = below(place, printable(name));
      const reason =
        name === 'errors' ? 'an error that names no message' : `unknown: ${printable(name)}`;
      return [unreadable(where, reason, value[name] ?? null)];
    });

const readMessagesField = (place: Place, value: Json): readonly WebhookItem[] => {
  if (!isJsonObject(value)) return [unreadable(place, 'a change without a value', value)];
  const phoneNumberId = textAt(value, 'metadata', 'phone_number_id');
  if (phoneNumberId === undefined)
    return [unreadable(place, 'a change without metadata.phone_number_id', value)];
  return [
    ...each(place, value, 'messages', (where, message) => [
      readMessage(where, phoneNumberId, value, message),
    ]),
    ...each(place, value, 'statuses', (where, status) => [
      readStatus(where, phoneNumberId, value, status),
    ]),
    ...readOthers(place, value),
  ];
};

const readChange = (place: Place, change: Json): readonly WebhookItem[] => {
  const field = textAt(change, 'field');
  if (field === undefined) return [unreadable(place, 'a change without a field', change)];
  if (field !== 'messages')
    return [unreadable(place, `a field that is not read yet: ${printable(field)}`, change)];
  return readMessagesField(below(place, 'value'), at(change, 'value') ?? null);
};

const readBody = (place: Place, body: Json): readonly WebhookItem[] => {
  if (!isJsonObject(body)) return [unreadable(place, 'the body is no JSON object', body)];
  if (at(body, 'object') !== PRODUCT)
    return [unreadable(place, `the body's object is not ${PRODUCT}`, body)];
  if (!isList(at(body, 'entry'))) return [unreadable(place, 'the body has no entry', body)];
  return each(place, body, 'entry', (where, entry) =>
    isList(at(entry, 'changes'))
      ? each(where, entry, 'changes', readChange)
      : [unreadable(where, 'an entry without changes', entry)],
  );
};

/**
 * What one delivery says, in its order: each message, status, and thing that we cannot read, one
 * item each. Never throws, whatever the bytes. The caller has verified the signature over the same
 * bytes.
 *
 * `partitionKey` keys the hash in `partition`; it must stay the same while items wait.
 */
export const readWebhook = (rawBody: Buffer, partitionKey: string): readonly WebhookItem[] => {
  const place: Place = { path: '', partitionKey };
  if (rawBody.length > webhookLimits.bodyBytesMax)
    return [unreadable(place, `a body over ${webhookLimits.bodyBytesMax} bytes`, shown(rawBody))];
  if (nestingDepth(rawBody) > webhookLimits.depthMax)
    return [unreadable(place, `nested deeper than ${webhookLimits.depthMax}`, shown(rawBody))];
  let body: Json;
  try {
    body = parse(rawBody);
  } catch {
    return [unreadable(place, 'the body is no JSON', shown(rawBody))];
  }
  return readBody(place, body);
};
