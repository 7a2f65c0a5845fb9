import { isJsonObject, type Json } from '#kernel';

/** What was not understood, where it stands, and the whole body. */
type Told = { readonly raw: Json; readonly path: string; readonly bytes: Buffer };
type Truth = readonly [reason: RegExp, isTrue: (told: Told) => boolean];

const parsed = (bytes: Buffer): Json | undefined => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch {
    return undefined;
  }
};
const depthOf = (value: Json | undefined): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
    : 0;
const part = (raw: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (found, name) => (isJsonObject(found) ? new Map(Object.entries(found)).get(name) : undefined),
    raw,
  );

const isWord = (value: Json | undefined): value is string =>
  typeof value === 'string' && value !== '';
const isSeconds = (value: Json | undefined): boolean =>
  (typeof value === 'string' || typeof value === 'number') &&
  /^[0-9]{1,12}$/.test(String(value)) &&
  Number(value) < 253_402_300_800;
const isUserId = (value: Json | undefined): boolean =>
  isWord(value) && /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(value);
const isAddress = (value: Json | undefined): boolean =>
  isUserId(value) || (isWord(value) && /^\+?[0-9]{3,20}$/.test(value));

const isOneOf = (names: readonly string[], value: Json | undefined): boolean =>
  names.some((name) => name === value);

const readFields = ['messages', 'smb_message_echoes', 'calls', 'account_update', 'user_id_update'];
const wasKnown = (raw: Json): boolean =>
  isAddress(part(raw, 'wa_id')) || isUserId(part(raw, 'user_id', 'previous'));

const readParts = [
  'messages',
  'statuses',
  'calls',
  'message_echoes',
  'contacts',
  'metadata',
  'user_id_update',
];
const statuses = ['sent', 'delivered', 'read', 'played', 'failed'];
const addresses: readonly (readonly [list: string, names: readonly string[]])[] = [
  ['.message_echoes[', ['to', 'to_user_id']],
  ['.statuses[', ['recipient_id', 'recipient_user_id']],
  ['', ['from', 'from_user_id']],
];
const hasCustomer = ({ raw, path }: Told): boolean => {
  const [, names = []] = addresses.find(([list]) => path.includes(list)) ?? [];
  return names.some((name) => isAddress(part(raw, name)));
};

/** Every reason that there is, and what must be the case when it is given. */
const truths: readonly Truth[] = [
  [/^the body is no JSON$/, ({ bytes }) => parsed(bytes) === undefined],
  [
    /^nested deeper than 32$/,
    ({ bytes }) => parsed(bytes) === undefined || depthOf(parsed(bytes)) > 32,
  ],
  [/^the body is no JSON object$/, ({ raw }) => !isJsonObject(raw)],
  [/^the body's object is not /, ({ raw }) => part(raw, 'object') !== 'whatsapp_business_account'],
  [/^the body has no entry$/, ({ raw }) => !Array.isArray(part(raw, 'entry'))],
  [/^an entry without changes$/, ({ raw }) => !Array.isArray(part(raw, 'changes'))],
  [/^a change without a field$/, ({ raw }) => !isWord(part(raw, 'field'))],
  [/^an unknown field: /, ({ raw }) => !isOneOf(readFields, part(raw, 'field'))],
  [/^a change without a value$/, ({ raw }) => !isJsonObject(raw)],
  [
    /^a change without metadata\.phone_number_id$/,
    ({ raw }) => !isWord(part(raw, 'metadata', 'phone_number_id')),
  ],
  [/ is no list$/, ({ raw }) => !Array.isArray(raw)],
  [/^unknown: /, ({ path }) => !readParts.some((name) => path.endsWith(`.value.${name}`))],
  [/^a call that is no object$/, ({ raw }) => !isJsonObject(raw)],
  [/ without an id$/, ({ raw }) => !isWord(part(raw, 'id'))],
  [
    /^a changed user id without the new one$/,
    ({ raw }) => !isUserId(part(raw, 'user_id', 'current')),
  ],
  [/^a changed user id without the old one$/, ({ raw }) => !wasKnown(raw)],
  [/ without a timestamp in seconds$/, ({ raw }) => !isSeconds(part(raw, 'timestamp'))],
  [/ without a customer$/, (told) => !hasCustomer(told)],
  [/ to a group$/, ({ raw }) => part(raw, 'group_id') !== undefined],
  [/^a status without a name$/, ({ raw }) => !isWord(part(raw, 'status'))],
  [/^an unknown status: /, ({ raw }) => !isOneOf(statuses, part(raw, 'status'))],
];

/** Whether a reason is one of those that there are, and true of what it is given for. */
export const isTrueReason = (reason: string, told: Told): boolean =>
  truths.some(([pattern, isTrue]) => pattern.test(reason) && isTrue(told));
