import { decrypt, encrypt } from './sealing.js';

const KEY_BYTES = 32;

/** The key-encryption key is not the one that these keys were wrapped with. */
export class WrongKeyEncryptionKey extends Error {
  override readonly name = 'WrongKeyEncryptionKey';
}

/** Where a wrapped key stands; moved elsewhere, it does not open. */
export type KeyPlace = readonly string[];

const bound = (place: KeyPlace): Buffer => Buffer.from(JSON.stringify(place));

export const subjectPlace = (organisationId: string, subject: string): KeyPlace => [
  'subject',
  organisationId,
  subject,
];
export const organisationPlace = (organisationId: string): KeyPlace => [
  'organisation',
  organisationId,
];
const checkPlace: KeyPlace = ['check'];

/** Wraps keys under the key-encryption key, and opens them. Throws RangeError when it is not 32 bytes. */
export class Wrapping {
  constructor(private readonly keyEncryptionKey: Uint8Array) {
    if (keyEncryptionKey.length !== KEY_BYTES)
      throw new RangeError(`the key-encryption key must be ${KEY_BYTES} bytes`);
  }

  wrap(key: Uint8Array, place: KeyPlace): Buffer {
    return encrypt(this.keyEncryptionKey, key, bound(place));
  }

  /** Null when it does not open: damaged, moved, or wrapped with another key. */
  opened(wrapped: Uint8Array, place: KeyPlace): Buffer | null {
    try {
      return decrypt(this.keyEncryptionKey, wrapped, bound(place));
    } catch {
      return null;
    }
  }

  /** What is kept beside the keys, so that another key-encryption key is noticed at the start. */
  sample(): Buffer {
    return this.wrap(Buffer.from('casement'), checkPlace);
  }

  /** Throws WrongKeyEncryptionKey unless the sample opens. */
  check(sample: unknown, where: string): void {
    if (sample instanceof Uint8Array && this.opened(sample, checkPlace) !== null) return;
    throw new WrongKeyEncryptionKey(
      `the key-encryption key does not open the keys in ${where}: ` +
        'start with the key that it was made with',
    );
  }
}
