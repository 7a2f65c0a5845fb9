import { parseFailpoint } from './failpoints.js';

/**
 * Reads one variable's text: what is wrong with it and what would be right, or null when it is
 * right.
 */
type Check = (text: string) => string | null;

export type Variable = {
  readonly name: string;
  readonly means: string;
  /** What stands in the README as its default. */
  readonly byDefault: string;
  /** A secret's value never appears in a problem, and its default is for the simulator alone. */
  readonly secret: boolean;
  readonly check: Check;
};

const SECRET_CHARACTERS_MIN = 16;
const KEY_BYTES = 32;
const PORT_MAX = 65_535;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const anything: Check = (text) => (text.trim() === '' ? 'is blank. Give it a value.' : null);

const oneOf =
  (...allowed: readonly string[]): Check =>
  (text) =>
    allowed.includes(text) ? null : `is not one of ${allowed.join(', ')}. Set one of them.`;

/** What stands in the place of a URL for the stores of one machine. */
export const EMBEDDED = 'embedded';

/** `embedded`, or where a store of this kind is reached. */
const store =
  (isAddress: (text: string) => boolean, like: string): Check =>
  (text) =>
    text === EMBEDDED || isAddress(text) ? null : `is no address. Set ${EMBEDDED}, or ${like}.`;

const eventStoreAddress =
  /^(?:esdb|kurrentdb|kurrent|kdb)(?:\+discover)?:\/\/(?:[^\s/?@]+@)?([^\s/?@]+)\/?(?:\?(\S*))?$/;

/** One host or, of a cluster, several, each with its port or without. */
const isEventStoreAddress = (text: string): boolean => {
  const [, hosts = '', settings = ''] = eventStoreAddress.exec(text) ?? [];
  const isHost = (host: string): boolean => {
    const [, port] = /^[^:]+(?::(\d{1,5}))?$/.exec(host) ?? ['', 'none'];
    return port === undefined || Number(port) <= PORT_MAX;
  };
  const tls = /(?:^|&)tls=([^&]*)/i.exec(settings)?.[1] ?? 'true';
  return hosts.split(',').every(isHost) && /^(?:true|false)$/i.test(tls);
};

const eventStore = store(
  isEventStoreAddress,
  'esdb://user:password@host:2113, or esdb+discover:// for a cluster',
);

const isPostgresAddress = (text: string): boolean => {
  if (!/^postgres(?:ql)?:\/\/[^\s/?]+\/[^\s/?]+/.test(text) || !URL.canParse(text)) return false;
  try {
    decodeURIComponent(new URL(text).href);
    return true;
  } catch {
    return false;
  }
};

const viewStore = store(isPostgresAddress, 'postgres://user:password@host:5432/database');

const PARTITIONS_MAX = 64;

const partitions: Check = (text) =>
  /^[1-9]\d?$/.test(text) && Number(text) <= PARTITIONS_MAX
    ? null
    : `is no number of partitions. Set a whole number from 1 to ${PARTITIONS_MAX}.`;

const port: Check = (text) =>
  /^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX
    ? null
    : `is no port. Set a whole number from 0 to ${PORT_MAX}.`;

const parsed = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

const isSafeUrl = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));

const url: Check = (text) => {
  const found = parsed(text);
  if (found === null) return 'is no URL. Set one like https://host/path.';
  if (!['https:', 'http:'].includes(found.protocol))
    return 'is no web address. Start with https://.';
  if (found.username !== '' || found.password !== '')
    return 'holds a user name or password. Leave them out.';
  return null;
};

const httpsUrl: Check = (text) => {
  const found = parsed(text);
  if (found === null || !isSafeUrl(found))
    return 'is not safe. Set a URL that starts with https:// (http only on this machine).';
  return url(text);
};

const origin: Check = (text) => {
  const wrong = url(text);
  if (wrong !== null) return wrong;
  return parsed(text)?.origin === text.replace(/\/$/, '')
    ? null
    : 'is more than an origin. Set only scheme, host and port, like https://casement.example.';
};

/** With `/`, the code and a WhatsApp link it leaves room for a name in one segment of an SMS. */
export const PORTAL_CHARACTERS_MAX = 60;

/** As an SMS prints it: host and path. */
export const withoutScheme = (text: string): string => text.replace(/^[a-z]+:\/\//i, '');

const portalUrl: Check = (text) => {
  const wrong = httpsUrl(text);
  if (wrong !== null) return wrong;
  const printed = withoutScheme(text).replace(/\/+$/, '');
  if (!/^[A-Za-z0-9./:_-]+$/.test(printed))
    return 'does not fit into an SMS. Use letters, digits and . / : _ - only, without a query.';
  return printed.length <= PORTAL_CHARACTERS_MAX
    ? null
    : 'is too long, since the SMS around it has one segment. ' +
        `Set at most ${PORTAL_CHARACTERS_MAX} characters after https://.`;
};

/** One of a list of hosts, as URLs write it. */
export const hostOf = (text: string): string => text.trim().toLowerCase();

const hosts: Check = (text) =>
  text.split(',').every((host) => /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(hostOf(host)))
    ? null
    : 'is no list of hosts. Set names with commas between them; *.example.com is all under it.';

const accountSid: Check = (text) =>
  /^AC[0-9a-f]{32}$/i.test(text)
    ? null
    : 'is no account SID. Set AC and 32 hexadecimal digits, as the Twilio console shows it.';

const secret: Check = (text) =>
  text.length >= SECRET_CHARACTERS_MIN
    ? null
    : `is too short. Set at least ${SECRET_CHARACTERS_MIN} characters.`;

const encryptionKey: Check = (text) =>
  decodeKey(text).length === KEY_BYTES
    ? null
    : `is no key. Set ${KEY_BYTES} random bytes in base64: openssl rand -base64 ${KEY_BYTES}.`;

/** The bytes of a key in base64 or hex; of another length when it is neither. */
export const decodeKey = (text: string): Buffer =>
  /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');

const graphVersion: Check = (text) =>
  /^v\d{1,3}\.\d$/.test(text) ? null : 'is no version of the Graph API. Set one like v25.0.';

const failpoint: Check = (text) =>
  parseFailpoint(text) !== null
    ? null
    : 'is no failpoint. Set one like whatsapp.call.after@2; npm run faults -- --help names them.';

const variable = (given: Omit<Variable, 'secret'>): Variable => ({ ...given, secret: false });
const secretVariable = (given: Omit<Variable, 'secret'>): Variable => ({ ...given, secret: true });

const SIMULATED = 'a fixed one, only with the simulator';

/** Every variable that is read, in the order of the README's table. */
export const VARIABLES: readonly Variable[] = [
  variable({
    name: 'HOST',
    byDefault: '127.0.0.1 with the simulator, else 0.0.0.0',
    check: anything,
    means: 'Address to listen on',
  }),
  variable({
    name: 'PORT',
    byDefault: '3000',
    check: port,
    means: 'Port to listen on; 0 takes any free one',
  }),
  variable({
    name: 'CASEMENT_DATA_DIR',
    byDefault: 'data',
    check: anything,
    means: 'Folder of the embedded stores and of the files of messages, which processes share',
  }),
  secretVariable({
    name: 'CASEMENT_EVENT_STORE',
    byDefault: EMBEDDED,
    check: eventStore,
    means: 'The log: `embedded`, or the `esdb://…` of an EventStoreDB or KurrentDB',
  }),
  secretVariable({
    name: 'CASEMENT_VIEW_STORE',
    byDefault: EMBEDDED,
    check: viewStore,
    means: 'Views, followers and keys: `embedded`, or the `postgres://…` of a PostgreSQL',
  }),
  variable({
    name: 'CASEMENT_PARTITIONS',
    byDefault: '1',
    check: partitions,
    means: 'Into how many parts each follower is split among the workers',
  }),
  variable({
    name: 'CASEMENT_PUBLIC_URL',
    byDefault: 'http://localhost and the port',
    check: origin,
    means: 'Origin under which clients reach Casement',
  }),
  variable({
    name: 'CASEMENT_PORTAL_URL',
    byDefault: 'the public URL and /p',
    check: portalUrl,
    means: 'URL before the code of the portal; an SMS prints it without https://. Leads to /p here',
  }),
  variable({
    name: 'CASEMENT_AUTH_JWKS_URL',
    byDefault: 'none: tokens of the local issuer',
    check: httpsUrl,
    means: 'Where the keys of your identity provider are published',
  }),
  variable({
    name: 'CASEMENT_AUTH_ISSUER',
    byDefault: 'casement:local; required with a JWKS URL',
    check: anything,
    means: 'The `iss` of valid tokens',
  }),
  variable({
    name: 'CASEMENT_AUTH_AUDIENCE',
    byDefault: 'casement; required with a JWKS URL',
    check: anything,
    means: 'The `aud` of valid tokens',
  }),
  secretVariable({
    name: 'CASEMENT_KEY_ENCRYPTION_KEY',
    byDefault: SIMULATED,
    check: encryptionKey,
    means:
      '32 bytes, base64 or hex, that wrap every contact’s key. Losing it loses all personal data',
  }),
  variable({
    name: 'WHATSAPP_GRAPH_URL',
    byDefault: 'the simulator, else https://graph.facebook.com',
    check: httpsUrl,
    means: 'The Graph API',
  }),
  variable({
    name: 'WHATSAPP_GRAPH_VERSION',
    byDefault: 'v25.0',
    check: graphVersion,
    means: 'Version of the Graph API',
  }),
  secretVariable({
    name: 'WHATSAPP_ACCESS_TOKEN',
    byDefault: SIMULATED,
    check: secret,
    means: 'Sends messages: the token of a Meta system user',
  }),
  secretVariable({
    name: 'WHATSAPP_APP_SECRET',
    byDefault: SIMULATED,
    check: secret,
    means: 'Signs webhooks: the Meta app’s secret',
  }),
  secretVariable({
    name: 'WHATSAPP_APP_SECRET_PREVIOUS',
    byDefault: 'none',
    check: secret,
    means: 'The secret before, still accepted while it is rotated',
  }),
  secretVariable({
    name: 'WHATSAPP_VERIFY_TOKEN',
    byDefault: SIMULATED,
    check: secret,
    means: 'The word that Meta repeats when a webhook is set up',
  }),
  variable({
    name: 'WHATSAPP_MEDIA_HOSTS',
    byDefault: 'Meta’s',
    check: hosts,
    means: 'Hosts that files of messages may be fetched from, beside that of the Graph API',
  }),
  variable({
    name: 'TWILIO_API_URL',
    byDefault: 'the simulator, else https://api.twilio.com',
    check: httpsUrl,
    means: 'The Messages API',
  }),
  variable({
    name: 'TWILIO_ACCOUNT_SID',
    byDefault: 'a fixed one with the simulator, else none: no SMS',
    check: accountSid,
    means: 'The Twilio account that sends SMS',
  }),
  secretVariable({
    name: 'TWILIO_AUTH_TOKEN',
    byDefault: 'a fixed one with the simulator, else none: no SMS',
    check: secret,
    means: 'Sends SMS and signs webhooks: the account’s auth token',
  }),
  secretVariable({
    name: 'TWILIO_AUTH_TOKEN_PREVIOUS',
    byDefault: 'none',
    check: secret,
    means: 'The token before, whose signatures are still accepted while it is rotated',
  }),
  variable({
    name: 'CASEMENT_SIMULATOR',
    byDefault: 'on, but off with a JWKS URL',
    check: oneOf('on', 'off'),
    means: 'The simulator: a phone, a clock, the providers. Refused with NODE_ENV=production',
  }),
  variable({
    name: 'CASEMENT_FAILPOINTS',
    byDefault: 'none',
    check: failpoint,
    means: 'For tests: where the process kills itself, and when. Only with the simulator',
  }),
  variable({
    name: 'LOG_LEVEL',
    byDefault: 'warn',
    check: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
    means: 'How much is logged, as JSON on standard error',
  }),
  variable({
    name: 'NODE_ENV',
    byDefault: 'development',
    check: oneOf('development', 'production', 'test'),
    means: 'production hides the schema and asks for real secrets',
  }),
];

/** The table of variables as it stands in the README, generated so that it cannot go stale. */
export const variablesTable = (): string =>
  [
    '| Variable | Default | Meaning |',
    '|---|---|---|',
    ...VARIABLES.map(({ name, byDefault, means }) => `| \`${name}\` | ${byDefault} | ${means} |`),
  ].join('\n');
