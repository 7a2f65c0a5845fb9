import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { formBytesMax, readForm, type Form } from './form.js';

export type SignedRequest = {
  /**
   * The address that Twilio was told to call, with its query, from our configuration: never put
   * together from Host or X-Forwarded headers, which anybody may write.
   */
  readonly url: string;
  readonly rawBody: Buffer;
  /** X-Twilio-Signature. */
  readonly header: string | undefined;
  /** The account's auth token, and the previous one while it is being rotated. */
  readonly authTokens: readonly string[];
};

const DIGEST = /^[A-Za-z0-9+/]{27}=$/;
const URL_PARTS = /^(https?):\/\/([^/?#]*?)(?::[0-9]+)?([/?][^#]*)?(?:#.*)?$/i;
const DEFAULT_PORTS: { readonly [scheme: string]: number } = { http: 80, https: 443 };
const NO_FORM: Form = new Map();

/** Fields by name; of a repeated name each value once, sorted. No separators anywhere. */
const signedText = (url: string, form: Form): string =>
  [...form]
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .reduce(
      (text, [name, values]) =>
        text + [...new Set(values)].toSorted().reduce((all, value) => all + name + value, ''),
      url,
    );

const digestOf = (url: string, form: Form, authToken: string): Buffer =>
  createHmac('sha1', authToken).update(signedText(url, form), 'utf8').digest();

/** Twilio signs some addresses with their port and some without; what follows `#` never leaves. */
const addressesOf = (url: string): readonly string[] => {
  const [, scheme, host, rest] = URL_PARTS.exec(url) ?? [];
  const bare = url.replace(/#.*$/, '');
  if (scheme === undefined || host === undefined) return [bare];
  const port = DEFAULT_PORTS[scheme.toLowerCase()] ?? 0;
  const without = `${scheme}://${host}${rest ?? ''}`;
  return [...new Set([bare, without, `${scheme}://${host}:${port}${rest ?? ''}`])];
};

const bodyDigestIn = (url: string): string | null =>
  URL.canParse(url) ? new URL(url).searchParams.get('bodySHA256') : null;

const isBodyMeant = (rawBody: Buffer, bodySha256: string): boolean => {
  const given = Buffer.from(bodySha256.toLowerCase(), 'utf8');
  const actual = Buffer.from(createHash('sha256').update(rawBody).digest('hex'), 'utf8');
  return given.length === actual.length && timingSafeEqual(given, actual);
};

/**
 * Whether Twilio sent this request (S4): HMAC-SHA1 over the address and the fields of the form, by
 * one of the tokens. A body that is no form is signed by its SHA-256 in the query. Constant time
 * per token; never throws. An empty token matches nothing.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-security (read 2026-11-20)
 */
export const verifySignature = ({ url, rawBody, header, authTokens }: SignedRequest): boolean => {
  if (header === undefined || !DIGEST.test(header)) return false;
  const given = Buffer.from(header, 'base64');
  const bodySha256 = bodyDigestIn(url);
  if (bodySha256 !== null && !isBodyMeant(rawBody, bodySha256)) return false;
  // Nobody has said yet who they are: what Twilio would never post costs nothing more.
  if (bodySha256 === null && rawBody.length > formBytesMax) return false;
  const form = bodySha256 === null ? readForm(rawBody) : NO_FORM;
  return authTokens
    .filter((authToken) => authToken.length > 0)
    .flatMap((authToken) => addressesOf(url).map((address) => digestOf(address, form, authToken)))
    .map((digest) => timingSafeEqual(given, digest))
    .includes(true);
};

/** X-Twilio-Signature for a form posted to `url`: what Twilio, or its double, sends. */
export const signForm = (url: string, rawBody: Buffer, authToken: string): string =>
  digestOf(url.replace(/#.*$/, ''), readForm(rawBody), authToken).toString('base64');
