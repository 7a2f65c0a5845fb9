import { randomBytes } from 'node:crypto';
import { parse } from 'yaml';
import { VARIABLES } from '#edge';
import { read } from '../repository.js';

/** What the specs read of a service, as the Compose specification has it. */
export type Service = {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly user?: string;
  readonly environment?: Texts;
  readonly ports?: readonly (string | { readonly host_ip: string; readonly target: number })[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: { readonly [service: string]: { readonly condition: string } };
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly network_mode?: string;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly profiles?: readonly string[];
  readonly deploy?: { readonly resources: { readonly limits: Texts } };
};

export type ComposeFile = {
  readonly services: { readonly [name: string]: Service };
  readonly networks?: { readonly [name: string]: { readonly internal?: boolean } | null };
  readonly volumes?: { readonly [name: string]: unknown };
};

export type Texts = { readonly [name: string]: string };

export const composePaths = ['docker/compose.yaml', 'docker/compose.distributed.yaml'] as const;
export const casementImage = 'casement:0.1.0';

const interpolation = /\$\{([A-Z_]+)(?::([?-])([^}]*))?\}/g;

const parsed = (path: string): unknown => parse(read(path), { merge: true });

/** The variables that a Compose file asks its environment for. */
export const askedFor = (path: string): ReadonlySet<string> =>
  new Set([...JSON.stringify(parsed(path)).matchAll(interpolation)].map(([, name = '']) => name));

/** As Compose does it: `${A:?…}` has to be there, `${A:-…}` has a default. Throws with the name. */
const interpolated = (text: string, variables: Texts): string =>
  text.replaceAll(interpolation, (_, name: string, kind: string | undefined, rest = '') => {
    const value = variables[name] ?? '';
    if (value === '' && kind === '?') throw new Error(`${name} is missing: ${rest}`);
    return value === '' && kind === '-' ? rest : value;
  });

const everywhere = (value: unknown, variables: Texts): unknown => {
  if (typeof value === 'string') return interpolated(value, variables);
  if (Array.isArray(value)) return value.map((item) => everywhere(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, everywhere(item, variables)]),
  );
};

/** A Compose file with its anchors merged, as it is for these variables. */
export const composed = (path: string, variables: Texts = filled): ComposeFile =>
  everywhere(parsed(path), variables) as ComposeFile;

/** Its services by name. */
export const servicesOf = (path: string): readonly (readonly [string, Service])[] =>
  Object.entries(composed(path).services);

/** What an environment file sets, comments left out. */
export const environmentFile = (text: string): Texts =>
  Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

export const example: Texts = environmentFile(read('docker/.env.example'));

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

const chosen: Texts = {
  CASEMENT_PUBLIC_URL: 'https://casement.example',
  CASEMENT_PORTAL_URL: 'https://casement.example/p',
  CASEMENT_AUTH_JWKS_URL: 'https://id.example/keys',
  CASEMENT_AUTH_ISSUER: 'https://id.example/',
  CASEMENT_AUTH_AUDIENCE: 'casement-api',
  CASEMENT_KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  TWILIO_ACCOUNT_SID: `AC${hex(16)}`,
};

/** The example as somebody fills it in who follows its comments. */
export const filled: Texts = Object.fromEntries(
  Object.entries(example).map(([name, given]) => [name, chosen[name] ?? (given || hex(24))]),
);

/** The variables of Casement that nobody may guess. */
export const secretNames: readonly string[] = [
  ...VARIABLES.filter(({ secret }) => secret).map(({ name }) => name),
  'POSTGRES_PASSWORD',
  'DATABASE_PASSWORD',
];
