import { at, isList, listAt, textAt } from '#channels/http';
import { isJsonObject, type Json } from '#kernel';
import { buttonOf, interactiveOf, orderOf } from './reply-content.js';
import type { InboundContent, MediaKind, SharedContact, Surroundings } from './webhook-item.js';

/** A type's own reader; null when the parts are missing that the type should have. */
type Read = (message: Json) => InboundContent | null;

const orNull = (text: string | undefined): string | null => text ?? null;

const mediaOf =
  (name: string, media: MediaKind): Read =>
  (message) => {
    const told = at(message, name);
    const providerMediaId = textAt(told, 'id');
    if (providerMediaId === undefined) return null;
    return {
      kind: 'media',
      media,
      providerMediaId,
      mimeType: orNull(textAt(told, 'mime_type')),
      sha256: orNull(textAt(told, 'sha256')),
      caption: orNull(textAt(told, 'caption')),
      filename: orNull(textAt(told, 'filename')),
      isVoice: at(told, 'voice') === true,
      isAnimated: at(told, 'animated') === true,
    };
  };

const textOf: Read = (message) => {
  const text = at(message, 'text', 'body');
  return typeof text === 'string' ? { kind: 'text', text } : null;
};

const isDegrees = (value: Json | undefined, max: number): value is number =>
  typeof value === 'number' && Math.abs(value) <= max;

const locationOf: Read = (message) => {
  const told = at(message, 'location');
  const latitude = at(told, 'latitude');
  const longitude = at(told, 'longitude');
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) return null;
  return {
    kind: 'location',
    latitude,
    longitude,
    name: orNull(textAt(told, 'name')),
    address: orNull(textAt(told, 'address')),
    url: orNull(textAt(told, 'url')),
  };
};

const nameOf = (card: Json): string | null => {
  const parts = [textAt(card, 'name', 'first_name'), textAt(card, 'name', 'last_name')];
  const joined = parts.filter((part) => part !== undefined).join(' ');
  return textAt(card, 'name', 'formatted_name') ?? (joined === '' ? null : joined);
};

const cardOf = (card: Json): SharedContact => ({
  name: nameOf(card),
  organisation: orNull(textAt(card, 'org', 'company')),
  phones: listAt(card, 'phones').flatMap((phone) => {
    const number = textAt(phone, 'phone') ?? textAt(phone, 'wa_id');
    if (number === undefined) return [];
    const label = orNull(textAt(phone, 'type'));
    return [{ number, label, waId: orNull(textAt(phone, 'wa_id')) }];
  }),
  emails: listAt(card, 'emails').flatMap((email) => textAt(email, 'email') ?? []),
});

const contactsOf: Read = (message) => {
  const cards = listAt(message, 'contacts');
  return cards.length > 0 && cards.every(isJsonObject)
    ? { kind: 'contacts', contacts: cards.map(cardOf) }
    : null;
};

const systemOf: Read = (message) => {
  const told = at(message, 'system');
  if (!isJsonObject(told)) return null;
  return {
    kind: 'system',
    change: textAt(told, 'type') ?? 'system',
    text: orNull(textAt(told, 'body')),
    // Older webhooks call it new_wa_id.
    waId: orNull(textAt(told, 'wa_id') ?? textAt(told, 'new_wa_id')),
    userId: orNull(textAt(told, 'user_id')),
  };
};

const welcomeOf: Read = () => ({
  kind: 'system',
  change: 'request_welcome',
  text: null,
  waId: null,
  userId: null,
});

const READS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['text', textOf],
  ['image', mediaOf('image', 'IMAGE')],
  ['video', mediaOf('video', 'VIDEO')],
  ['audio', mediaOf('audio', 'AUDIO')],
  ['document', mediaOf('document', 'DOCUMENT')],
  ['sticker', mediaOf('sticker', 'STICKER')],
  ['location', locationOf],
  ['contacts', contactsOf],
  ['button', buttonOf],
  ['interactive', interactiveOf],
  ['order', orderOf],
  ['system', systemOf],
  ['request_welcome', welcomeOf],
]);

/** Types that are told by what they hold when a message does not name its type. */
const HELD = ['reaction', 'edit', 'revoke', ...READS.keys()];

/** Meta's name for what a message is; `unknown` when neither it nor its parts say. */
export const typeOf = (message: Json): string =>
  textAt(message, 'type') ??
  HELD.find((name) => isJsonObject(at(message, name)) || isList(at(message, name))) ??
  'unknown';

export const contentOf = (message: Json, type = typeOf(message)): InboundContent =>
  READS.get(type)?.(message) ?? { kind: 'unsupported', type, raw: message };

const forwardedOf = (message: Json): Surroundings['forwarded'] => {
  if (at(message, 'context', 'frequently_forwarded') === true) return 'often';
  return at(message, 'context', 'forwarded') === true ? 'once' : 'no';
};

export const surroundingsOf = (message: Json): Surroundings => ({
  forwarded: forwardedOf(message),
  referral: at(message, 'referral') ?? null,
  referredProduct: at(message, 'context', 'referred_product') ?? null,
});
