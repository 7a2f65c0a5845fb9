import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { MediaDamaged, type MediaPlace } from '../port.js';

/**
 * A sealed file: four bytes of its form, a random salt, then chunks of AES-256-GCM, each with its
 * tag. The file's key comes from its subject's key, the salt and its place; a chunk's nonce holds its
 * number and whether it is the last. So chunks cannot be swapped, dropped or moved to another file,
 * each opens by itself, and whatever the subject's key no longer opens is gone.
 */
export const chunkBytes = 64 * 1024;
export const saltBytes = 32;
const tagBytes = 16;
const keyBytes = 32;
const prefixBytes = 7;

const form = Buffer.from('CSM1', 'latin1');
export const headerBytes = form.length + saltBytes;
export const sealedChunkBytes = chunkBytes + tagBytes;

export type FileSecret = { readonly key: Buffer; readonly prefix: Buffer };

export const headerOf = (salt: Buffer): Buffer => Buffer.concat([form, salt]);

/** Throws MediaDamaged when it is no header of ours. */
export const saltOf = (header: Buffer): Buffer => {
  if (header.length !== headerBytes || !header.subarray(0, form.length).equals(form))
    throw new MediaDamaged('the file is none of ours');
  return header.subarray(form.length);
};

export const fileSecret = (subjectKey: Buffer, salt: Buffer, place: MediaPlace): FileSecret => {
  const { organisationId, subject, mediaKey } = place;
  const names = JSON.stringify(['media', organisationId, subject, mediaKey]);
  const secret = Buffer.from(hkdfSync('sha256', subjectKey, salt, names, keyBytes + prefixBytes));
  return { key: secret.subarray(0, keyBytes), prefix: secret.subarray(keyBytes) };
};

const nonceOf = ({ prefix }: FileSecret, index: number, isLast: boolean): Buffer => {
  const counter = Buffer.alloc(5);
  counter.writeUInt32BE(index);
  counter.writeUInt8(isLast ? 1 : 0, 4);
  return Buffer.concat([prefix, counter]);
};

export type Chunk = { readonly index: number; readonly isLast: boolean };

export const sealChunk = (secret: FileSecret, { index, isLast }: Chunk, plain: Buffer): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', secret.key, nonceOf(secret, index, isLast));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
};

/** Throws MediaDamaged when it is not the chunk that stood there. */
export const openChunk = (secret: FileSecret, { index, isLast }: Chunk, sealed: Buffer): Buffer => {
  const tagAt = sealed.length - tagBytes;
  if (tagAt <= 0) throw new MediaDamaged('a chunk is cut short');
  const nonce = nonceOf(secret, index, isLast);
  const decipher = createDecipheriv('aes-256-gcm', secret.key, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, tagAt)), decipher.final()]);
  } catch {
    throw new MediaDamaged('a chunk does not open');
  }
};

/** What a sealed file of `bytes` bytes holds. */
export const contentOf = (bytes: number): { readonly size: number; readonly chunks: number } => {
  const body = bytes - headerBytes;
  const chunks = Math.ceil(body / sealedChunkBytes);
  const size = body - chunks * tagBytes;
  if (chunks < 1 || size < 1 || (body % sealedChunkBytes || sealedChunkBytes) <= tagBytes)
    throw new MediaDamaged('the file is cut short');
  return { size, chunks };
};
