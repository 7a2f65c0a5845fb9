import type { MediaKind } from './kinds.js';
import { sniff, type Signature } from './sniff.js';

/** What somebody says of a file before it is there. */
export type FileClaim = {
  readonly kind: MediaKind;
  /** With its parameters; null when nobody said. */
  readonly mimeType: string | null;
  /** Hex or base64; null when nobody said. */
  readonly sha256: string | null;
  /** Bytes; null when nobody said. */
  readonly size: number | null;
};

export type FileRefusal =
  | 'empty'
  | 'too_large'
  /** A kind of file that this kind of message does not have. */
  | 'type_not_allowed'
  /** The bytes are of another type than was said. */
  | 'type_mismatch'
  /** Not the bytes, or not as many, as was said. */
  | 'checksum_mismatch';

/** Types that are known by name, and the signature that their bytes must have. */
const known: ReadonlyMap<string, Signature> = new Map(
  Object.entries({
    'image/jpeg': 'jpeg',
    'image/png': 'png',
    'image/gif': 'gif',
    'image/webp': 'webp',
    'audio/ogg': 'ogg',
    'audio/mpeg': 'mp3',
    'audio/aac': 'aac',
    'audio/amr': 'amr',
    'audio/wav': 'wav',
    'audio/mp4': 'iso-media',
    'video/mp4': 'iso-media',
    'video/3gpp': 'iso-media',
    'video/quicktime': 'iso-media',
    'application/pdf': 'pdf',
    'application/zip': 'zip',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'zip',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'zip',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'zip',
    'application/msword': 'ole',
    'application/vnd.ms-excel': 'ole',
    'application/vnd.ms-powerpoint': 'ole',
    'text/plain': 'text',
    'text/csv': 'text',
  } as const),
);

/** Other names of the same. */
const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'image/jpg': 'image/jpeg',
    'image/pjpeg': 'image/jpeg',
    'audio/opus': 'audio/ogg',
    'application/ogg': 'audio/ogg',
    'audio/mp3': 'audio/mpeg',
    'audio/m4a': 'audio/mp4',
    'audio/x-m4a': 'audio/mp4',
    'audio/aacp': 'audio/aac',
    'audio/x-wav': 'audio/wav',
    'audio/wave': 'audio/wav',
    'audio/amr-wb': 'audio/amr',
    'video/3gp': 'video/3gpp',
  }),
);

const fallback = 'application/octet-stream';

/** What a message of a kind may hold; null: a document, which may be anything. */
const families: { readonly [Kind in MediaKind]: RegExp | null } = {
  IMAGE: /^image\//,
  VIDEO: /^video\//,
  AUDIO: /^audio\//,
  STICKER: /^image\/webp$/,
  DOCUMENT: null,
};

/** A type by its usual name, in small letters and without parameters; null when none was given. */
export const plainType = (mimeType: string | null): string | null => {
  const plain = (mimeType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return plain === '' ? null : (aliases.get(plain) ?? plain);
};

type Judged = { readonly mimeType: string } | { readonly refused: FileRefusal };

const firstOf = (signature: Signature, family: RegExp): string | undefined =>
  [...known.keys()].find((name) => known.get(name) === signature && family.test(name));

/** A picture, a film, a recording or a sticker: of a known type, and the bytes are of that type. */
const ofFamily = (declared: string | null, signature: Signature, family: RegExp): Judged => {
  const named = declared === fallback ? null : declared;
  if (named === null) {
    const mimeType = firstOf(signature, family);
    return mimeType === undefined ? { refused: 'type_mismatch' } : { mimeType };
  }
  if (!family.test(named) || !known.has(named)) return { refused: 'type_not_allowed' };
  return known.get(named) === signature ? { mimeType: named } : { refused: 'type_mismatch' };
};

/**
 * A document may be of any type. Of a type that we know, the bytes must be; of any other it is kept
 * as what nobody knows, so that no browser is ever told to run it.
 */
const ofDocument = (declared: string | null, signature: Signature): Judged => {
  const expected = declared === null ? undefined : known.get(declared);
  if (declared === null || expected === undefined) return { mimeType: fallback };
  // A browser runs no text/plain, whatever it holds: who sends the source of a page may do so.
  const isText = expected === 'text' && signature === 'markup';
  return isText || expected === signature ? { mimeType: declared } : { refused: 'type_mismatch' };
};

/** What a file is, by its first bytes and by what was said of it (S34). */
export const judgeType = ({ kind, mimeType }: FileClaim, head: Buffer): Judged => {
  const family = families[kind];
  const declared = plainType(mimeType);
  const signature = sniff(head);
  return family === null ? ofDocument(declared, signature) : ofFamily(declared, signature, family);
};

/** In hex; null when it is written in no way that we know, and nothing can be compared. */
export const readSha256 = (text: string | null): string | null => {
  if (text === null) return null;
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64').toString('hex') : null;
};
