import type { OrganisationId } from '#kernel';
import type { MediaKey } from './media-key.js';
import type { FileClaim, FileRefusal } from './types/judge.js';

/** Where a file is kept, and whose it is: the key of its subject seals it. */
export type MediaPlace = {
  readonly organisationId: OrganisationId;
  /** The contact who sent it, or to whom it goes. */
  readonly subject: string;
  readonly mediaKey: MediaKey;
};

export type StoredFile = {
  /** What the bytes are: of `application/octet-stream` nobody knows. Without parameters. */
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
};

export type Put =
  | ({ readonly kind: 'stored' } & StoredFile)
  | { readonly kind: 'refused'; readonly why: FileRefusal };

/** A file that is there, whole. */
export type KeptFile = {
  /** Bytes. */
  readonly size: number;
  /** The bytes from `first` to `last`, both included. Throws MediaDamaged. */
  readonly read: (first: number, last: number) => AsyncGenerator<Buffer, void>;
};

/** What is kept at a place does not open: altered, cut short, or another's. */
export class MediaDamaged extends Error {
  override readonly name = 'MediaDamaged';
}

/**
 * Keeps files: those that customers send, and those that are uploaded. What is not there whole is not
 * there at all.
 */
export interface MediaStore {
  /**
   * Keeps what `bytes` gives, once it is judged to be what `claim` says; durable before it resolves.
   * A refused file leaves nothing behind. The same place again replaces the file. Rejects with what
   * `bytes` rejects with, with what the disk says, or with KeyDestroyed when the subject is erased.
   */
  put(place: MediaPlace, claim: FileClaim, bytes: AsyncIterable<Uint8Array>): Promise<Put>;
  /** Null when it is not there, or its subject has been erased. */
  open(place: MediaPlace): Promise<KeptFile | null>;
  /** Takes a file away; harmless when there is none. */
  remove(mediaKey: MediaKey): Promise<void>;
}
