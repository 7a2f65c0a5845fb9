import { ownFailure, type Failure } from '../failure.js';

/** How long WhatsApp keeps a file whose id came in a webhook (media page, read 2026-11-20). */
export const mediaKeptMs = 7 * 24 * 60 * 60 * 1000;

/** Why a file of a message is not here, and will not be: for machines, and for people. */
const sentences = {
  media_expired: 'WhatsApp keeps a file for seven days, and it could not be fetched within them.',
  media_not_found: 'WhatsApp does not have this file any more.',
  media_too_large: 'The file is larger than WhatsApp allows for its kind.',
  media_empty: 'The file is empty.',
  media_type_not_allowed: 'The file is of a kind that this message cannot have.',
  media_type_mismatch: 'The file is not what it was said to be.',
  media_checksum_mismatch: 'The file is not the one that was sent: it was changed on its way.',
  media_redirected: 'The answer led to another address, which is never followed.',
  media_not_https: 'The file was to be fetched without encryption.',
  media_host_not_allowed: 'The file was to be fetched from a server that is not WhatsApp’s.',
  media_private_address: 'The file was to be fetched from inside a private network.',
} as const;

export type MediaRefusalReason = keyof typeof sentences;

export const mediaRefusal = (reason: MediaRefusalReason): Failure =>
  ownFailure(reason, sentences[reason]);

const transient = {
  media_download_failed: 'The file could not be fetched from WhatsApp.',
  media_not_stored: 'The file could not be stored here.',
} as const;

/** A failure that may pass: it is tried again. */
export const mediaTrouble = (reason: keyof typeof transient, why: string): Failure => ({
  ...ownFailure(reason, transient[reason]),
  providerMessage: why,
  retryable: true,
});
