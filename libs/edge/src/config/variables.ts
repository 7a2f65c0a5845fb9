/** Reads one variable's text: what is wrong with it and what would be right, or null when it is right. */
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

const embeddedOnly =
  (later: string): Check =>
  (text) =>
    text === 'embedded' ? null : `is not supported yet: ${later} will follow. Set embedded.`;

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

const variable = (
  name: string,
  byDefault: string,
  check: Check,
  means: string,
  isSecret = false,
): Variable => ({ name, byDefault, check, means, secret: isSecret });

const SIMULATED = 'a fixed one, only with the simulator';

/** Every variable that is read, in the order of the README's table. */
export const VARIABLES: readonly Variable[] = [
  variable('HOST', '127.0.0.1 with the simulator, else 0.0.0.0', anything, 'Address to listen on'),
  variable('PORT', '3000', port, 'Port to listen on; 0 takes any free one'),
  variable('CASEMENT_DATA_DIR', 'data', anything, 'Folder of the embedded stores and keys'),
  variable('CASEMENT_EVENT_STORE', 'embedded', embeddedOnly('esdb://'), 'The log'),
  variable('CASEMENT_VIEW_STORE', 'embedded', embeddedOnly('postgres://'), 'The read models'),
  variable(
    'CASEMENT_PUBLIC_URL',
    'http://localhost and the port',
    origin,
    'Origin under which clients reach Casement',
  ),
  variable(
    'CASEMENT_AUTH_JWKS_URL',
    'none: tokens of the local issuer',
    httpsUrl,
    'Where the keys of your identity provider are published',
  ),
  variable(
    'CASEMENT_AUTH_ISSUER',
    'casement:local; required with a JWKS URL',
    anything,
    'The `iss` of valid tokens',
  ),
  variable(
    'CASEMENT_AUTH_AUDIENCE',
    'casement; required with a JWKS URL',
    anything,
    'The `aud` of valid tokens',
  ),
  variable(
    'CASEMENT_KEY_ENCRYPTION_KEY',
    SIMULATED,
    encryptionKey,
    '32 bytes, base64 or hex, that wrap every contact’s key. Losing it loses all personal data',
    true,
  ),
  variable(
    'WHATSAPP_GRAPH_URL',
    'the simulator, else https://graph.facebook.com',
    httpsUrl,
    'The Graph API',
  ),
  variable('WHATSAPP_GRAPH_VERSION', 'v25.0', graphVersion, 'Version of the Graph API'),
  variable('WHATSAPP_APP_SECRET', SIMULATED, secret, 'Signs webhooks: the Meta app’s secret', true),
  variable(
    'WHATSAPP_APP_SECRET_PREVIOUS',
    'none',
    secret,
    'The secret before, still accepted while it is rotated',
    true,
  ),
  variable(
    'WHATSAPP_VERIFY_TOKEN',
    SIMULATED,
    secret,
    'The word that Meta repeats when a webhook is set up',
    true,
  ),
  variable(
    'CASEMENT_SIMULATOR',
    'on, but off with a JWKS URL',
    oneOf('on', 'off'),
    'The simulator: a phone, a clock, the providers. Refused with NODE_ENV=production',
  ),
  variable(
    'NODE_ENV',
    'development',
    oneOf('development', 'production', 'test'),
    'production hides the schema and asks for real secrets',
  ),
];

/** The table of variables as it stands in the README, generated so that it cannot go stale. */
export const variablesTable = (): string =>
  [
    '| Variable | Default | Meaning |',
    '|---|---|---|',
    ...VARIABLES.map(({ name, byDefault, means }) => `| \`${name}\` | ${byDefault} | ${means} |`),
  ].join('\n');
