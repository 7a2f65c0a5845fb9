import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { parseFailpoint, type Failpoint } from './failpoints.js';
import {
  decodeKey,
  EMBEDDED,
  hostOf,
  PORTAL_CHARACTERS_MAX,
  VARIABLES,
  withoutScheme,
  type Variable,
} from './variables.js';

export type Config = {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDirectory: string;
  /** Null: the embedded stores, in the data directory. */
  readonly stores: ExternalStores | null;
  /** Into how many parts each follower is split. */
  readonly partitions: number;
  /** An origin, without a slash at its end; null: the address that is listened on. */
  readonly publicUrl: string | null;
  /** Where /p of this server is reached, without a slash at its end; null: below the public URL. */
  readonly portalUrl: string | null;
  readonly auth: {
    /** Null: tokens come from the local issuer. */
    readonly jwksUrl: URL | null;
    readonly issuer: string;
    readonly audience: string;
  };
  /** 32 bytes. */
  readonly keyEncryptionKey: Buffer;
  readonly whatsapp: {
    /** Null: the simulator's Graph API. */
    readonly graphUrl: string | null;
    readonly graphVersion: string;
    readonly accessToken: string;
    readonly appSecret: string;
    readonly appSecretPrevious: string | null;
    readonly verifyToken: string;
    /** Where files may be fetched from; null: Meta's own hosts. */
    readonly mediaHosts: readonly string[] | null;
  };
  /** Null: no SMS is sent, and none is taken. */
  readonly sms: SmsConfig | null;
  readonly logLevel: string;
  /** Where the process ends itself; null: nowhere. */
  readonly failpoint: Failpoint | null;
  readonly isSimulated: boolean;
  readonly isProduction: boolean;
};

/** Stores that several processes share. Their URLs hold passwords. */
export type ExternalStores = {
  /** An EventStoreDB: the log. */
  readonly eventStore: string;
  /** A PostgreSQL: views, followers and keys. */
  readonly viewStore: string;
};

export type SmsConfig = {
  /** Null: the simulator's Twilio. */
  readonly apiUrl: string | null;
  readonly accountSid: string;
  readonly authToken: string;
  readonly authTokenPrevious: string | null;
};

export type Environment = { readonly [name: string]: string | undefined };

/** What is wrong with the environment: one line per problem, none left out. */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** sysexits.h: something was found in an unconfigured or misconfigured state. */
export const EXIT_BAD_CONFIGURATION = 78;

const DEFAULT_SECRETS: Environment = {
  CASEMENT_KEY_ENCRYPTION_KEY: createHash('sha256').update('casement simulator').digest('base64'),
  WHATSAPP_ACCESS_TOKEN: 'simulated-access-token',
  WHATSAPP_APP_SECRET: 'simulated-app-secret',
  WHATSAPP_VERIFY_TOKEN: 'simulated-verify-token',
};
/** What is needed for SMS, and what the simulator has: elsewhere both are given, or neither. */
const DEFAULT_SMS: Environment = {
  TWILIO_ACCOUNT_SID: `AC${'5'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'simulated-auth-token',
};
const WELL_KNOWN_SECRETS = /^(change-?me|secret|password|default|example|test|simulated)/i;
const SHOWN_CHARACTERS_MAX = 80;
const PORT_DEFAULT = '3000';

/** The configuration that the environment describes. Throws BadConfiguration with every problem. */
export const readConfig = (environment: Environment): Config => {
  const given = blankIsUnset(environment);
  const problems = [...malformed(given), ...contradictions(given), ...unsafeSecrets(given)];
  if (problems.length > 0) throw new BadConfiguration(problems);
  return configOf(given);
};

/**
 * The same for a process that is one of many: they share stores, and clients know them by one address.
 * Only the whole engine in one process can be simulated.
 */
export const readSharedConfig = (environment: Environment): Config => {
  const problems = unshared(blankIsUnset(environment));
  if (problems.length > 0) throw new BadConfiguration(problems);
  return readConfig(environment);
};

/** The configuration, or the end of the process: each problem on a line, and exit code 78. */
export const configOrExit = (
  environment: Environment,
  process: { readonly write: (line: string) => void; readonly exit: (code: number) => never },
  read: (environment: Environment) => Config = readConfig,
): Config => {
  try {
    return read(environment);
  } catch (error) {
    if (!(error instanceof BadConfiguration)) throw error;
    for (const problem of error.problems) process.write(`${problem}\n`);
    return process.exit(EXIT_BAD_CONFIGURATION);
  }
};

/** Compose files and shells hand over unset variables as empty ones. */
const blankIsUnset = (environment: Environment): Environment =>
  Object.fromEntries(
    VARIABLES.flatMap(({ name }) => (environment[name] ? [[name, environment[name]]] : [])),
  );

const malformed = (given: Environment): readonly string[] =>
  VARIABLES.flatMap((variable) => {
    const text = given[variable.name];
    const wrong = text === undefined ? null : variable.check(text);
    return wrong === null ? [] : [`${variable.name}: ${shown(variable, text ?? '')} ${wrong}`];
  });

/** Quoted, so that a stray line break or escape cannot forge a line of its own. */
const shown = ({ secret }: Variable, text: string): string =>
  secret ? 'the value (not shown)' : JSON.stringify(text.slice(0, SHOWN_CHARACTERS_MAX));

const isProduction = (given: Environment): boolean => given['NODE_ENV'] === 'production';

const isSimulated = (given: Environment): boolean =>
  given['CASEMENT_SIMULATOR'] === undefined
    ? given['CASEMENT_AUTH_JWKS_URL'] === undefined && !isExternal(given, 'CASEMENT_EVENT_STORE')
    : given['CASEMENT_SIMULATOR'] === 'on';

const STORES = ['CASEMENT_EVENT_STORE', 'CASEMENT_VIEW_STORE'] as const;

const isExternal = (given: Environment, name: (typeof STORES)[number]): boolean =>
  (given[name] ?? EMBEDDED) !== EMBEDDED;

const contradictions = (given: Environment): readonly string[] => {
  const problems: string[] = [];
  const hasKeys = given['CASEMENT_AUTH_JWKS_URL'] !== undefined;
  if (isSimulated(given) && isProduction(given))
    problems.push(
      'CASEMENT_SIMULATOR: the simulator is on, which NODE_ENV=production refuses. Set it to off.',
    );
  if (given['CASEMENT_FAILPOINTS'] !== undefined && (!isSimulated(given) || isProduction(given)))
    problems.push(
      'CASEMENT_FAILPOINTS: the process would kill itself, which only the simulator may. Unset it.',
    );
  if (isProduction(given) && !hasKeys)
    problems.push(
      'CASEMENT_AUTH_JWKS_URL: is missing. Set the URL of your identity provider’s keys.',
    );
  for (const name of ['CASEMENT_AUTH_ISSUER', 'CASEMENT_AUTH_AUDIENCE'])
    if (hasKeys && given[name] === undefined)
      problems.push(`${name}: is missing. Set it as your identity provider writes it into tokens.`);
  if (isProduction(given) && !given['CASEMENT_PUBLIC_URL']?.startsWith('https://'))
    problems.push('CASEMENT_PUBLIC_URL: is missing or not https. Set the public https:// origin.');
  const external = STORES.filter((name) => isExternal(given, name));
  for (const name of external.length === 1 ? STORES : [])
    if (!isExternal(given, name))
      problems.push(`${name}: is embedded, and ${external[0]} is not. Set both, or neither.`);
  return [...problems, ...smsContradictions(given)];
};

const unshared = (given: Environment): readonly string[] => [
  ...STORES.filter((name) => !isExternal(given, name)).map(
    (name) => `${name}: is embedded, which only one process can use. Set one that many share.`,
  ),
  ...(isSimulated(given)
    ? ['CASEMENT_SIMULATOR: is on, which takes the whole engine in one process. Set it to off.']
    : []),
  ...(given['CASEMENT_PUBLIC_URL'] === undefined
    ? ['CASEMENT_PUBLIC_URL: is missing. Set the origin under which clients reach all processes.']
    : []),
];

const hasSms = (given: Environment): boolean =>
  isSimulated(given) || Object.keys(DEFAULT_SMS).every((name) => given[name] !== undefined);

const smsContradictions = (given: Environment): readonly string[] => {
  const problems: string[] = [];
  const missing = Object.keys(DEFAULT_SMS).filter((name) => given[name] === undefined);
  if (!isSimulated(given) && missing.length === 1)
    problems.push(
      `${missing[0]}: is missing. Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or neither.`,
    );
  const printed = withoutScheme(`${given['CASEMENT_PUBLIC_URL']?.replace(/\/$/, '') ?? ''}/p`);
  const isTooLong = printed.length > PORTAL_CHARACTERS_MAX;
  if (hasSms(given) && isTooLong && given['CASEMENT_PORTAL_URL'] === undefined)
    problems.push(
      'CASEMENT_PORTAL_URL: is missing, and the public URL is too long for an SMS. ' +
        `Set one of at most ${PORTAL_CHARACTERS_MAX} characters that leads to /p of this server.`,
    );
  return problems;
};

const unsafeSecrets = (given: Environment): readonly string[] => {
  if (isSimulated(given)) return [];
  const missing = Object.keys(DEFAULT_SECRETS)
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: is missing. Set it; only the simulator has a default.`);
  const known = VARIABLES.filter(({ name, secret }) => secret && isWellKnown(name, given[name]));
  return [
    ...missing,
    ...known.map(({ name }) => `${name}: is a well-known value. Set one that nobody can guess.`),
  ];
};

const isWellKnown = (name: string, value: string | undefined): boolean =>
  value !== undefined && (value === DEFAULT_SECRETS[name] || WELL_KNOWN_SECRETS.test(value));

/** Only for an environment without problems. */
const configOf = (given: Environment): Config => {
  const text = (name: string, byDefault: string): string => given[name] ?? byDefault;
  const secret = (name: string): string => text(name, DEFAULT_SECRETS[name] ?? '');
  const simulated = isSimulated(given);
  const jwksUrl = given['CASEMENT_AUTH_JWKS_URL'];
  const graphUrl = given['WHATSAPP_GRAPH_URL'] ?? (simulated ? null : 'https://graph.facebook.com');
  return {
    host: text('HOST', simulated ? '127.0.0.1' : '0.0.0.0'),
    port: Number(text('PORT', PORT_DEFAULT)),
    dataDirectory: resolve(text('CASEMENT_DATA_DIR', 'data')),
    stores: storesOf(given),
    partitions: Number(text('CASEMENT_PARTITIONS', '1')),
    publicUrl: given['CASEMENT_PUBLIC_URL']?.replace(/\/$/, '') ?? null,
    portalUrl: given['CASEMENT_PORTAL_URL']?.replace(/\/+$/, '') ?? null,
    auth: {
      jwksUrl: jwksUrl === undefined ? null : new URL(jwksUrl),
      issuer: text('CASEMENT_AUTH_ISSUER', 'casement:local'),
      audience: text('CASEMENT_AUTH_AUDIENCE', 'casement'),
    },
    keyEncryptionKey: decodeKey(secret('CASEMENT_KEY_ENCRYPTION_KEY')),
    whatsapp: {
      graphUrl: graphUrl?.replace(/\/$/, '') ?? null,
      graphVersion: text('WHATSAPP_GRAPH_VERSION', 'v25.0'),
      accessToken: secret('WHATSAPP_ACCESS_TOKEN'),
      appSecret: secret('WHATSAPP_APP_SECRET'),
      appSecretPrevious: given['WHATSAPP_APP_SECRET_PREVIOUS'] ?? null,
      verifyToken: secret('WHATSAPP_VERIFY_TOKEN'),
      mediaHosts: given['WHATSAPP_MEDIA_HOSTS']?.split(',').map(hostOf) ?? null,
    },
    sms: hasSms(given) ? smsOf(given) : null,
    logLevel: text('LOG_LEVEL', 'warn'),
    failpoint: parseFailpoint(given['CASEMENT_FAILPOINTS'] ?? ''),
    isSimulated: simulated,
    isProduction: isProduction(given),
  };
};

const storesOf = (given: Environment): ExternalStores | null => {
  const [eventStore, viewStore] = STORES.map((name) => given[name] ?? EMBEDDED);
  return !eventStore || !viewStore || eventStore === EMBEDDED ? null : { eventStore, viewStore };
};

const smsOf = (given: Environment): SmsConfig => {
  const text = (name: string): string => given[name] ?? DEFAULT_SMS[name] ?? '';
  const apiUrl = given['TWILIO_API_URL'] ?? (isSimulated(given) ? null : 'https://api.twilio.com');
  return {
    apiUrl: apiUrl?.replace(/\/$/, '') ?? null,
    accountSid: text('TWILIO_ACCOUNT_SID'),
    authToken: text('TWILIO_AUTH_TOKEN'),
    authTokenPrevious: given['TWILIO_AUTH_TOKEN_PREVIOUS'] ?? null,
  };
};

/** Where clients reach a server that listens on `port`: the public URL, or this machine. */
export const publicUrlOf = (config: Config, port: number): string => {
  if (config.publicUrl !== null) return config.publicUrl;
  const isAnywhere = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(config.host);
  const host = isIPv6(config.host) ? `[${config.host}]` : config.host;
  return `http://${isAnywhere ? 'localhost' : host}:${port}`;
};

/** Where the portal of a server that listens on `port` is reached: a code follows after a slash. */
export const portalUrlOf = (config: Config, port: number): string =>
  config.portalUrl ?? `${publicUrlOf(config, port)}/p`;

/** The origins whose pages may connect: our own, and this machine's while it is simulated. */
export const originsOf = (config: Config, port: number): ReadonlySet<string> =>
  new Set([
    publicUrlOf(config, port),
    ...(config.isSimulated ? [`http://localhost:${port}`, `http://127.0.0.1:${port}`] : []),
  ]);
