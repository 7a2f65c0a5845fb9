import { at, isList, nestingDepth, textAt } from '#channels/http';
import { isJsonObject, type Json, type JsonObject } from '#kernel';
import { readCall } from './call.js';
import { readEcho } from './echo.js';
import { readMessage } from './message.js';
import { isNotice, notice } from './notice.js';
import { parseFinite } from './parse.js';
import { below, printable, unreadable, type Place } from './place.js';
import { partedDelivery } from './split-webhook.js';
import { readStatus } from './status.js';
import { readUserIdUpdate } from './user-id.js';
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
/** The fields whose updates belong to threads. */
const THREAD_FIELDS: ReadonlySet<string> = new Set(['messages', 'smb_message_echoes', 'calls']);
/** What stands around the updates of a change, and is no update itself. */
const FRAME: ReadonlySet<string> = new Set(['messaging_product', 'metadata', 'contacts']);

/** Throws when the bytes are no JSON in UTF-8. */
const parse = (rawBody: Buffer): Json =>
  parseFinite(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));

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

type Update = (place: Place, phoneNumberId: string, value: Json, update: Json) => WebhookItem;

/** The lists of updates that a change may hold, whatever its field is called. */
const LISTS: ReadonlyMap<string, Update> = new Map<string, Update>([
  ['messages', readMessage],
  ['message_echoes', readEcho],
  ['calls', readCall],
  ['statuses', readStatus],
]);

const readOthers = (place: Place, value: JsonObject): readonly WebhookItem[] =>
  Object.keys(value)
    .filter((name) => !FRAME.has(name) && !LISTS.has(name))
    .map((name) => {
      const where = below(place, printable(name));
      // Errors that name no message: of the app or the account, for people to read.
      return name === 'errors'
        ? notice(where, 'messages.errors')
        : unreadable(where, `unknown: ${printable(name)}`, value[name] ?? null);
    });

const readUpdates = (place: Place, value: Json): readonly WebhookItem[] => {
  if (!isJsonObject(value)) return [unreadable(place, 'a change without a value', value)];
  const phoneNumberId = textAt(value, 'metadata', 'phone_number_id');
  if (phoneNumberId === undefined)
    return [unreadable(place, 'a change without metadata.phone_number_id', value)];
  const updates = [...LISTS].flatMap(([name, read]) =>
    each(place, value, name, (where, update) => [read(where, phoneNumberId, value, update)]),
  );
  return [...updates, ...readOthers(place, value)];
};

/** Told of a business account, it may name no number: then there is nobody to tell it of. */
const readUserIdUpdates = (place: Place, value: Json): readonly WebhookItem[] => {
  const phoneNumberId = textAt(value, 'metadata', 'phone_number_id');
  return phoneNumberId === undefined
    ? [notice(place, 'user_id_update', value)]
    : each(place, value, 'user_id_update', (where, update) => [
        readUserIdUpdate(where, phoneNumberId, update),
      ]);
};

const readChange = (place: Place, change: Json): readonly WebhookItem[] => {
  const field = textAt(change, 'field');
  if (field === undefined) return [unreadable(place, 'a change without a field', change)];
  if (THREAD_FIELDS.has(field))
    return readUpdates(below(place, 'value'), at(change, 'value') ?? null);
  if (field === 'user_id_update')
    return readUserIdUpdates(below(place, 'value'), at(change, 'value') ?? null);
  return isNotice(field)
    ? [notice(place, field)]
    : [unreadable(place, `an unknown field: ${printable(field)}`, change)];
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
 * What one delivery says, in its order: each message, status, notice, and thing that we cannot read,
 * one item each. Never throws, whatever the bytes. The caller has verified the signature over the same
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

/**
 * A delivery as several of at most `bytesMax` each, which together say the same, in its order: for who
 * cannot keep it in one. What is small enough stays the very bytes that came. What cannot be read is
 * cut off, and stays unreadable; one update that is larger alone stays as it is.
 */
export const splitWebhook = (rawBody: Buffer, bytesMax: number): readonly Buffer[] => {
  if (rawBody.length <= bytesMax) return [rawBody];
  const isTooLarge = rawBody.length > webhookLimits.bodyBytesMax;
  if (isTooLarge || nestingDepth(rawBody) > webhookLimits.depthMax)
    return [rawBody.subarray(0, bytesMax)];
  let body: Json;
  try {
    body = parse(rawBody);
  } catch {
    return [rawBody.subarray(0, bytesMax)];
  }
  return split(body, bytesMax);
};

const split = (body: Json, bytesMax: number): readonly Buffer[] => {
  const bytes = Buffer.from(JSON.stringify(body));
  const parts = bytes.length <= bytesMax ? null : partedDelivery(body, (name) => FRAME.has(name));
  return parts === null ? [bytes] : parts.flatMap((part) => split(part, bytesMax));
};
