import { GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';
import { instant, parseInstant } from '#kernel';
import type { Instant } from '#kernel';

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const E_164 = /^\+[1-9]\d{6,14}$/;
const CURSOR = /^[A-Za-z0-9_-]{1,1000}$/;

/**
 * A plain error: graphql adds where it was and whose value it is, which one of its own would hide.
 */
const invalid = (message: string): TypeError => new TypeError(message);

/** Date.parse lets the 30th of February pass as the 2nd of March. */
const isCalendarDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
};

const readInstant = (value: unknown): Instant => {
  const match = typeof value === 'string' ? RFC_3339.exec(value) : null;
  const at = match && isCalendarDay(match[1] ?? '') ? parseInstant(match[0].toUpperCase()) : null;
  if (at === null)
    throw invalid(
      'A DateTime is written like 2026-03-01T12:00:00.000Z (RFC 3339, with an offset).',
    );
  return at;
};

/** Written from an instant, from a view's integer milliseconds, or from a Date. */
const writeInstant = (value: unknown): Instant => {
  if (typeof value === 'number' && Number.isInteger(value)) return instant(value);
  return readInstant(value instanceof Date ? value.toISOString() : value);
};

type Text = {
  readonly name: string;
  readonly description: string;
  readonly specifiedByURL?: string;
};

const text = (known: Text, form: RegExp, message: string): GraphQLScalarType<string, string> => {
  const read = (value: unknown): string => {
    if (typeof value !== 'string' || !form.test(value)) throw invalid(message);
    return value;
  };
  return new GraphQLScalarType({
    ...known,
    serialize: read,
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : null),
  });
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readObject = (value: unknown): Record<string, unknown> => {
  if (!isObject(value)) throw invalid('A JSONObject is an object: {"name": "value"}.');
  return value;
};

export const dateTime = new GraphQLScalarType<Instant, Instant>({
  name: 'DateTime',
  description:
    'An instant, RFC 3339, UTC, milliseconds. Input may have any offset; output always ends in Z.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: writeInstant,
  parseValue: readInstant,
  parseLiteral: (node) => readInstant(node.kind === Kind.STRING ? node.value : null),
});

export const phoneNumber = text(
  {
    name: 'PhoneNumber',
    description: 'An E.164 number, with its plus.',
    specifiedByURL: 'https://www.itu.int/rec/T-REC-E.164',
  },
  E_164,
  'A PhoneNumber is written with its plus and digits only, like +447700900123 (E.164).',
);

export const cursor = text(
  {
    name: 'Cursor',
    description:
      'An opaque, signed place in the log or in a list, bound to the organisation. Any `after`\n' +
      'of the log takes a cursor from any query, payload, subscription or export; a list takes\n' +
      'its own. An unknown one is CURSOR_EXPIRED, never silence.',
  },
  CURSOR,
  'A Cursor is taken from an earlier answer, unchanged.',
);

export const jsonObject = new GraphQLScalarType<Record<string, unknown>, Record<string, unknown>>({
  name: 'JSONObject',
  description: 'A JSON object, as it is.',
  serialize: readObject,
  parseValue: readObject,
  parseLiteral: (node, variables) => readObject(valueFromASTUntyped(node, variables)),
});

/** The resolvers of the scalars in scalars.graphql; what they say of themselves is what clients read. */
export const SCALARS = {
  DateTime: dateTime,
  PhoneNumber: phoneNumber,
  Cursor: cursor,
  JSONObject: jsonObject,
} as const;
