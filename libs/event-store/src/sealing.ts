import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import type { Json } from '#kernel';

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Randomness is drawn for so many IVs at once: a call for each costs as much as the cipher. */
const IVS_DRAWN = 512;

/** Where a sealed field stands. It is bound to its place: moved elsewhere, it does not open. */
export type SealedPlace = {
  readonly organisationId: string;
  readonly stream: string;
  readonly eventId: string;
  readonly type: string;
  readonly field: string;
};

/** What stands on the log: base64 of IV, ciphertext and tag. */
export type Sealed = { readonly sealed: string };

/** A personal field that does not open under its subject's key: altered, moved, or never sealed. */
export class TamperedField extends Error {
  override readonly name = 'TamperedField';
  constructor(readonly place: SealedPlace) {
    super(`the field ${place.field} of event ${place.eventId} (${place.type}) has been altered`);
  }
}

export const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' &&
  value !== null &&
  'sealed' in value &&
  typeof value.sealed === 'string' &&
  Object.keys(value).length === 1;

const placeBytes = ({ organisationId, stream, eventId, type, field }: SealedPlace): Buffer =>
  Buffer.from(JSON.stringify([organisationId, stream, eventId, type, field]));

const drawn = Buffer.alloc(IV_BYTES * IVS_DRAWN);
let drawnUsed = drawn.length;

/** Random bytes that are handed out once. */
const freshIv = (): Buffer => {
  if (drawnUsed === drawn.length) {
    randomFillSync(drawn);
    drawnUsed = 0;
  }
  drawnUsed += IV_BYTES;
  return drawn.subarray(drawnUsed - IV_BYTES, drawnUsed);
};

/** Encrypts with AES-256-GCM and a fresh random IV; `bound` must be given again to open. */
export const encrypt = (key: Uint8Array, plain: Uint8Array, bound: Uint8Array): Buffer => {
  const iv = freshIv();
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
};

/** Opens what `encrypt` made; throws when a bit, the key or `bound` differs. */
export const decrypt = (key: Uint8Array, bytes: Uint8Array, bound: Uint8Array): Buffer => {
  if (bytes.length < IV_BYTES + TAG_BYTES) throw new RangeError('too short to be sealed');
  const tagAt = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(bound).setAuthTag(bytes.subarray(tagAt));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, tagAt)), decipher.final()]);
};

/** Seals one field of one event with its subject's key. */
export const seal = (key: Uint8Array, place: SealedPlace, value: Json): Sealed => ({
  sealed: encrypt(key, Buffer.from(JSON.stringify(value)), placeBytes(place)).toString('base64'),
});

/** Opens a sealed field at its place. Throws TamperedField when it does not open. */
export const unseal = (key: Uint8Array, place: SealedPlace, { sealed }: Sealed): Json => {
  try {
    const plain = decrypt(key, Buffer.from(sealed, 'base64'), placeBytes(place));
    return JSON.parse(plain.toString('utf8')) as Json;
  } catch {
    throw new TamperedField(place);
  }
};
