import { epochMs, instant, type Instant, type Json, type JsonObject } from '#kernel';
import { BadRequest, ok, type Reply } from './answers.js';
import { readCustomer, readNumber } from './customers.js';
import type { Deliveries } from './deliveries.js';
import { messageEnvelope } from './envelopes.js';
import { limits } from './limits.js';
import type { MediaDouble } from './media-double.js';
import type { SimulatedNumber } from './options.js';
import type { Phones } from './phones.js';
import { samples } from './samples.js';
import {
  field,
  knowsOnly,
  optionalInstant,
  optionalText,
  readObject,
  wholeSeconds,
} from './reading.js';
import { wamid } from './wamid.js';

export type InboundOptions = {
  readonly numbers: readonly SimulatedNumber[];
  readonly phones: Phones;
  readonly deliveries: Deliveries<Json>;
  readonly media: MediaDouble;
  readonly nowMs: () => number;
  readonly save: () => Promise<void>;
  readonly changed: () => void;
};

const FIELDS = ['to', 'name', 'text', 'type', 'payload', 'media', 'timestamp', 'id', 'quotes'];
const TYPE = /^[a-z_]{1,64}$/;

type Content = { readonly type: string; readonly payload: Json; readonly shown: string };

/** A file of the phone's, by its name. */
const readMedia = (object: JsonObject, { send }: MediaDouble): Content | null => {
  const name = optionalText(object, 'media', 64);
  if (name === undefined) return null;
  const file = send(name);
  if (file === undefined)
    throw new BadRequest(`"media" must be one of ${[...samples.keys()].join(', ')}.`);
  const clash = ['text', 'type', 'payload'].find((each) => field(object, each) !== undefined);
  if (clash !== undefined) throw new BadRequest(`"${clash}" does not go with "media".`);
  return { ...file, shown: `[${name}]` };
};

const readContent = (object: JsonObject): Content => {
  const text = optionalText(object, 'text', limits.textCharactersMax * 16);
  const type = optionalText(object, 'type', 64) ?? 'text';
  if (!TYPE.test(type)) throw new BadRequest('"type" must be a word such as image or reaction.');
  if (text !== undefined && type !== 'text')
    throw new BadRequest('"text" goes with the type text; another type has its "payload".');
  if (text !== undefined) return { type, payload: { body: text }, shown: text };
  const payload = field(object, 'payload') ?? null;
  if (type === 'text' && payload === null)
    throw new BadRequest('Say "text", or a "type" with its "payload".');
  return { type, payload, shown: `[${type}]` };
};

/** Types that are not the customer writing: a changed number, and changes of an earlier message. */
const OPENS_NOTHING: ReadonlySet<string> = new Set(['system', 'edit', 'revoke']);

/** Meta goes by its own clock, so that a timestamp from the future counts as now. */
const opensAtMs = (type: string, at: Instant, nowMs: number): number | null =>
  OPENS_NOTHING.has(type) ? null : Math.min(epochMs(at), nowMs);

/**
 * A customer writes: Meta's double sends the signed webhook. Answers once it has been delivered, or
 * after the first attempt that failed; the rest of the attempts go on behind the answer.
 */
export const sendInbound = async (
  options: InboundOptions,
  from: string,
  body: Json | undefined,
): Promise<Reply> => {
  const object = readObject(body);
  knowsOnly(object, FIELDS);
  const customer = readCustomer(from);
  const number = readNumber(
    options.numbers,
    optionalText(object, 'to', limits.addressCharactersMax),
  );
  const content = readMedia(object, options.media) ?? readContent(object);
  const quoted = optionalText(object, 'quotes', limits.wamidCharactersMax);
  const asked = optionalInstant(object, 'timestamp') ?? instant(options.nowMs());
  const at = instant(wholeSeconds(asked) * 1000);
  const id = optionalText(object, 'id', limits.wamidCharactersMax) ?? wamid(customer, 'inbound');
  const name = optionalText(object, 'name', limits.nameCharactersMax) ?? null;
  const phone = options.phones.name(number.phoneNumberId, customer, name);
  options.phones.wrote(
    number.phoneNumberId,
    customer,
    { wamid: id, from: 'customer', type: content.type, text: content.shown, at },
    opensAtMs(content.type, at, options.nowMs()),
  );
  // Before Meta's double tells anybody, it remembers: its window must survive what ours survives.
  await options.save();
  options.changed();
  const context = quoted === undefined ? null : { from: number.phoneNumberId, id: quoted };
  const message = { wamid: id, customer, name: phone.name, at, context };
  const delivery = options.deliveries.send(
    `${number.phoneNumberId}:${customer}`,
    messageEnvelope(number, { ...message, type: content.type, payload: content.payload }),
  );
  if (delivery === null) return { status: 503, body: { error: 'Too many webhooks are waiting.' } };
  const first = await delivery.first;
  return ok({ wamid: id, timestamp: at, ...first });
};
