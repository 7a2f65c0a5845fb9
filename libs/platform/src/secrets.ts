import { createHmac } from 'node:crypto';

/** A secret of an installation for one purpose, from its key-encryption key: always the same. */
export const secretFor = (keyEncryptionKey: Uint8Array, purpose: string): string =>
  createHmac('sha256', keyEncryptionKey).update(purpose).digest('base64url');

/** The purpose of the secret that signs cursors. */
export const cursorsPurpose = 'cursors';
