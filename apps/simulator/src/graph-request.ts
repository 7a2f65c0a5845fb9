import { isJsonObject, type Json, type JsonObject } from '#kernel';
import { digitsOfNumber, isBsuid, readAddress } from './customers.js';
import { spokenErrors } from './graph-errors.js';
import { limits } from './limits.js';
import { readInteractive, readLocation } from './graph-interactive.js';
import { readTemplate } from './graph-template.js';
import type { SpokenError } from './moods.js';
import type { SimulatedNumber, SimulatedTemplate } from './options.js';
import { field } from './reading.js';

export type GraphRequest =
  | {
      readonly kind: 'send';
      readonly to: string;
      /** As the sender wrote it. */
      readonly input: string;
      readonly type: string;
      readonly text: string | null;
      /** What Meta bills it as. */
      readonly category: string;
      readonly callbackData: string | null;
    }
  | { readonly kind: 'mark'; readonly wamid: string; readonly typing: boolean }
  | { readonly kind: 'refused'; readonly error: SpokenError };

const TYPES: ReadonlySet<string> = new Set([
  'text',
  'image',
  'audio',
  'video',
  'document',
  'sticker',
  'location',
  'contacts',
  'interactive',
  'template',
  'reaction',
]);

const refused = (error: SpokenError): GraphRequest => ({ kind: 'refused', error });

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' && value.length > 0 ? value : null;

/** What is wrong with a text, a payload or the callback data; null when nothing is. */
const faultOf = (body: JsonObject, type: string): SpokenError | null => {
  if (!TYPES.has(type))
    return spokenErrors.parameter(`Param type must be one of {${[...TYPES].join(', ')}}.`);
  if (field(body, type) === undefined)
    return spokenErrors.missing(`Parameter '${type}' is mandatory for type '${type}'.`);
  const text = textOf(field(field(body, 'text'), 'body'));
  if (type === 'text' && text === null)
    return spokenErrors.missing("Parameter 'text.body' is mandatory for type 'text'.");
  if (type === 'text' && Array.from(text ?? '').length > limits.textCharactersMax)
    return spokenErrors.parameter(
      `Param text['body'] must be at most ${limits.textCharactersMax} characters long.`,
    );
  const data = field(body, 'biz_opaque_callback_data');
  if (data !== undefined && (textOf(data)?.length ?? Infinity) > limits.callbackCharactersMax)
    return spokenErrors.parameter(
      'Param biz_opaque_callback_data must be a string of at most ' +
        `${limits.callbackCharactersMax} characters.`,
    );
  return null;
};

const readRecipient = (
  body: JsonObject,
): { readonly input: string; readonly to: string | null } => {
  const input = textOf(field(body, 'to')) ?? textOf(field(body, 'recipient')) ?? '';
  const isNumber = textOf(field(body, 'to')) !== null;
  const address = readAddress(input);
  return { input, to: address !== null && isBsuid(address) === isNumber ? null : address };
};

/** What the customer reads, and what it is billed as; else what is wrong with it. */
const readContent = (
  { businessAccountId }: SimulatedNumber,
  templates: readonly SimulatedTemplate[],
  body: JsonObject,
  type: string,
): { readonly text: string | null; readonly category: string } | SpokenError => {
  const category = 'service';
  switch (type) {
    case 'text':
      return { text: textOf(field(field(body, 'text'), 'body')), category };
    case 'location':
      return { category, ...readLocation(field(body, 'location')) };
    case 'interactive':
      return { category, ...readInteractive(field(body, 'interactive')) };
    case 'template': {
      const own = templates.filter((each) => each.businessAccountId === businessAccountId);
      return readTemplate(own, field(body, 'template'));
    }
    default:
      return { text: null, category };
  }
};

const readSend = (
  number: SimulatedNumber,
  templates: readonly SimulatedTemplate[],
  body: JsonObject,
): GraphRequest => {
  const type = textOf(field(body, 'type')) ?? 'text';
  const { input, to } = readRecipient(body);
  if (input === '') return refused(spokenErrors.parameter('The parameter to is required.'));
  if (to === null)
    return refused(spokenErrors.value('The recipient phone number is not a valid phone number.'));
  if (to === digitsOfNumber(number)) return refused(spokenErrors.sameNumber);
  const fault = faultOf(body, type);
  if (fault !== null) return refused(fault);
  const content = readContent(number, templates, body, type);
  if ('code' in content) return refused(content);
  return {
    kind: 'send',
    to,
    input,
    type,
    ...content,
    callbackData: textOf(field(body, 'biz_opaque_callback_data')),
  };
};

const readMark = (body: JsonObject): GraphRequest => {
  const wamid = textOf(field(body, 'message_id'));
  if (field(body, 'status') !== 'read')
    return refused(spokenErrors.parameter('Param status must be one of {read}.'));
  if (wamid === null || !wamid.startsWith('wamid.'))
    return refused(spokenErrors.value('message_id is not a valid message id.'));
  return { kind: 'mark', wamid, typing: isJsonObject(field(body, 'typing_indicator')) };
};

/** Validates a POST to /messages as Meta does. */
export const readGraphRequest = (
  number: SimulatedNumber,
  templates: readonly SimulatedTemplate[],
  body: Json | undefined,
): GraphRequest => {
  if (!isJsonObject(body))
    return refused(spokenErrors.parameter('The body must be a JSON object.'));
  if (field(body, 'messaging_product') !== 'whatsapp')
    return refused(spokenErrors.parameter('The parameter messaging_product is required.'));
  return field(body, 'status') === undefined ? readSend(number, templates, body) : readMark(body);
};
