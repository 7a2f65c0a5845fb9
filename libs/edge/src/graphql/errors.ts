import { GraphQLError } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';

/** Every `extensions.code` a client can meet. Anything else is INTERNAL. */
export const ERROR_CODES = [
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'UNAUTHENTICATED',
  'CAPABILITY_MISSING',
  'NOT_FOUND',
  'CURSOR_EXPIRED',
  'STALE_READ',
  'BUSY',
  'LIMIT_EXCEEDED',
  'STORE_UNAVAILABLE',
  'TIMEOUT',
  'PERSISTED_QUERY_NOT_FOUND',
  'GOING_AWAY',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What may stand beside the code. Whatever else an error carries stays inside. */
const SHOWN_EXTENSIONS = ['field', 'capability', 'limit', 'actual', 'lagMs', 'lagEvents'] as const;

type Shown = { readonly [name in (typeof SHOWN_EXTENSIONS)[number]]?: string | number };

/** An error that a client may see as it is. The message is a sentence in the client's terms. */
export const edgeError = (code: ErrorCode, message: string, shown: Shown = {}): GraphQLError =>
  new GraphQLError(message, { extensions: { code, ...shown } });

/** The same, refused before execution: HTTP 400. */
export const badRequest = (code: ErrorCode, message: string, shown: Shown = {}): GraphQLError =>
  new GraphQLError(message, { extensions: { code, ...shown, http: { status: 400 } } });

type Known = { readonly code: ErrorCode; readonly message: string };

const UNAVAILABLE: Known = {
  code: 'STORE_UNAVAILABLE',
  message: 'The store cannot be used at the moment. Nothing was changed; try again shortly.',
};
/** Asked of a mutation, this may come after its facts were written. */
const NOT_SHOWN: Known = {
  code: 'STORE_UNAVAILABLE',
  message:
    'What was asked for cannot be shown at the moment. Try again shortly; ' +
    'a mutation with the same idempotency key is not done twice.',
};
const BUSY: Known = {
  code: 'BUSY',
  message: 'Too much is happening here at once. Nothing was changed; try again shortly.',
};

/** Errors of the layers below, by name: the edge need not import what it only translates. */
const KNOWN_BY_NAME: { readonly [name: string]: Known } = {
  StoreUnavailable: UNAVAILABLE,
  StoreNotWritable: UNAVAILABLE,
  ViewStoreUnavailable: NOT_SHOWN,
  Busy: BUSY,
  ConflictPersists: BUSY,
};

/** Whether an error is one that is told to clients by a code of its own. */
export const isTranslated = (error: unknown): boolean =>
  error instanceof Error && Object.hasOwn(KNOWN_BY_NAME, error.name);

/** Apollo's own codes for requests that never reached a schema. */
const MALFORMED = ['BAD_REQUEST', 'OPERATION_RESOLUTION_FAILURE'];
/** What Apollo says of a persisted query, without a code. */
const WRONG_HASH = /^(provided sha does not match query|Unsupported persisted query version)$/;

export type Masking = {
  readonly correlationId: string;
  /** Told about every error that the client is only told about vaguely. */
  readonly report: (error: unknown) => void;
};

/**
 * What a client is told of an error: a code of the closed list, a message, where in the document
 * and the answer. Never a stack, a file, a statement or a suggestion of names it did not ask for.
 */
export const maskError = (
  formatted: GraphQLFormattedError,
  error: unknown,
  { correlationId, report }: Masking,
): GraphQLFormattedError => {
  const { locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const known = knownByName(error);
  if (known !== null) {
    report(error);
    return { message: known.message, ...place, extensions: { code: known.code, correlationId } };
  }
  const told = toldAsItIs({ ...formatted, extensions: ownExtensions(formatted, error) });
  if (told !== null) return { ...told, ...place };
  report(error);
  return {
    message: 'Something went wrong on our side. Quote the correlation id when you report it.',
    ...place,
    extensions: { code: 'INTERNAL', correlationId },
  };
};

const knownByName = (error: unknown): Known | null => {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const name = typeof cause === 'object' && cause !== null && 'name' in cause ? cause.name : null;
  return typeof name === 'string' && Object.hasOwn(KNOWN_BY_NAME, name)
    ? (KNOWN_BY_NAME[name] ?? null)
    : null;
};

/** Apollo puts a code of its own on whatever validation reports; ours, beneath it, goes before. */
const ownExtensions = (formatted: GraphQLFormattedError, error: unknown) => {
  const cause = error instanceof GraphQLError ? error.originalError : undefined;
  const ours = cause instanceof GraphQLError && isErrorCode(cause.extensions['code']);
  return { ...formatted.extensions, ...(ours && cause.extensions) };
};

const isErrorCode = (code: unknown): code is ErrorCode =>
  ERROR_CODES.some((known) => known === code);

const toldAsItIs = (formatted: GraphQLFormattedError): GraphQLFormattedError | null => {
  const extensions = formatted.extensions ?? {};
  const message = formatted.message.replace(/ Did you mean [^?]*\?/g, '');
  if (/^Syntax Error: Document contains more that? \d+ tokens/.test(message))
    return { message: 'The document has too many tokens.', extensions: { code: 'LIMIT_EXCEEDED' } };
  if (message.endsWith('Validation aborted.'))
    return { message: 'The document is too complex.', extensions: { code: 'LIMIT_EXCEEDED' } };
  const shown = Object.fromEntries(
    SHOWN_EXTENSIONS.flatMap((name) => (name in extensions ? [[name, extensions[name]]] : [])),
  );
  const { code } = extensions;
  if (WRONG_HASH.test(message))
    return { message, extensions: { code: 'BAD_USER_INPUT', field: 'extensions' } };
  if (MALFORMED.some((known) => known === code))
    return { message, extensions: { code: 'BAD_USER_INPUT', ...shown, ...partOf(message) } };
  if (code === 'GRAPHQL_VALIDATION_FAILED' && 'field' in shown)
    return { message, extensions: { code: 'BAD_USER_INPUT', ...shown } };
  if (code === 'BAD_USER_INPUT')
    return { message, extensions: { code, ...fieldOfVariable(message), ...shown } };
  return isErrorCode(code) && code !== 'INTERNAL'
    ? { message, extensions: { code, ...shown } }
    : null;
};

/** Which part of a malformed request is wrong, by the words that Apollo and graphql have for it. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/`(query|variables|extensions|operationName)`/, '$1'],
  [/^The '?(query|variables|extensions|operationName)'? search parameter/, '$1'],
  [/^GraphQL queries must be strings/, 'query'],
  [/^GET requests only support/, 'query'],
  [/operation name|Unknown operation|Must provide an operation/, 'operationName'],
  [/^POST body missing|batching disabled/, 'body'],
];

const partOf = (message: string): Shown => {
  for (const [words, part] of PARTS) {
    const found = words.exec(message);
    if (found !== null) return { field: part.replace('$1', found[1] ?? '') };
  }
  return {};
};

/** The field that a variable's coercion complains of; the variable's own name is not part of it. */
const fieldOfVariable = (message: string): Shown => {
  const variable = /^Variable "\$([^"]+)"/.exec(message)?.[1];
  if (variable === undefined) return {};
  const path = / at "[^".]+\.?([^"]*)"; /.exec(message)?.[1] ?? '';
  const named = /; Field "([^"]+)" (?:of required type|is not defined)/.exec(message)?.[1];
  const field = [path, named].filter((part) => part !== undefined && part !== '').join('.');
  return { field: field === '' ? variable : field };
};
