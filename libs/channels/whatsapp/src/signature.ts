import { createHmac, timingSafeEqual, createHash } from 'node:crypto';

const HEADER = /^sha256=([0-9a-fA-F]{64})$/;
const CHALLENGE = /^[A-Za-z0-9_-]{1,128}$/;

const digestOf = (rawBody: Buffer, secret: string): Buffer =>
  createHmac('sha256', secret).update(rawBody).digest();

/**
 * Whether `header` (X-Hub-Signature-256) was made over exactly these bytes with one of `secrets`:
 * the current one first, then the previous one while it is being rotated. Constant time per secret,
 * never throws. An empty secret matches nothing. Meta signs the escaped form that it sends, so a
 * body that was parsed and written again does not verify.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started (read 2026-11-20)
 */
export const verifySignature = (
  rawBody: Buffer,
  header: string | undefined,
  secrets: readonly string[],
): boolean => {
  const hex = HEADER.exec(header ?? '')?.[1];
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  return secrets
    .filter((secret) => secret.length > 0)
    .map((secret) => timingSafeEqual(given, digestOf(rawBody, secret)))
    .includes(true);
};

/** The value of X-Hub-Signature-256 for these bytes: what Meta, or its double, sends. */
export const signBody = (rawBody: Buffer, secret: string): string =>
  `sha256=${digestOf(rawBody, secret).toString('hex')}`;

/** The query of Meta's handshake, as the HTTP layer read it: a repeated key gives an array. */
export type HandshakeQuery = { readonly [name: string]: unknown };

/** Hashing first makes both sides equally long, so that not even the length of the token leaks. */
const sameText = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/**
 * The challenge to answer (status 200, text/plain, as it is), or null, which is a 403: another
 * mode, a wrong token, or a challenge that could be anything but a token, since it is echoed to a
 * browser.
 */
export const handshake = (query: HandshakeQuery, verifyToken: string): string | null => {
  const token = query['hub.verify_token'];
  const challenge = query['hub.challenge'];
  if (query['hub.mode'] !== 'subscribe' || verifyToken.length === 0) return null;
  if (typeof token !== 'string' || !sameText(token, verifyToken)) return null;
  return typeof challenge === 'string' && CHALLENGE.test(challenge) ? challenge : null;
};
