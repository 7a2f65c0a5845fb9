import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { BodyCoding } from './domain/events.js';

/** A smaller body is kept as it is: packing it would cost more than it spares. */
export const packedFromBytes = 2_048;
/** A body of so many bytes fits in one append, however badly it packs. */
export const keptBytesMax = 500_000;
/** No body that was taken in is larger. */
const unpackedBytesMax = 16 * 1024 * 1024;

export type PackedBody = { readonly body: string; readonly coding: BodyCoding };

/**
 * A body as it is kept. A large one repeats itself, and is sealed, copied, checked and written at a
 * tenth of its size.
 */
export const packed = (bytes: Buffer): PackedBody => {
  if (bytes.length < packedFromBytes) return { body: bytes.toString('base64'), coding: 'none' };
  const small = deflateRawSync(bytes, { level: constants.Z_BEST_SPEED });
  return { body: small.toString('base64'), coding: 'deflate' };
};

/** The very bytes that came. Throws when they are not what the coding says. */
export const unpacked = ({ body, coding }: PackedBody): Buffer => {
  const bytes = Buffer.from(body, 'base64');
  if (coding === 'none') return bytes;
  return inflateRawSync(bytes, { maxOutputLength: unpackedBytesMax });
};
