import { createHmac } from 'node:crypto';

const FINGERPRINT_CHARACTERS = 32;

/** HMAC-SHA256 under the organisation's key. The purpose's length goes first: no two inputs meet. */
export const fingerprintOf = (key: Uint8Array, purpose: string, value: string): string =>
  createHmac('sha256', key)
    .update(`${purpose.length}:${purpose}:${value}`)
    .digest('hex')
    .slice(0, FINGERPRINT_CHARACTERS);
