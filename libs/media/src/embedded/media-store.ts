import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeyRing } from '#event-store';
import { parseMediaKey, type MediaKey } from '../media-key.js';
import { MediaDamaged, type KeptFile, type MediaPlace, type MediaStore } from '../port.js';
import type { FileClaim, FileRefusal } from '../types/judge.js';
import { inspect } from '../types/inspection.js';
import { mediaBytesMax } from '../types/kinds.js';
import { rechunked } from './rechunked.js';
import {
  chunkBytes,
  contentOf,
  fileSecret,
  headerBytes,
  headerOf,
  openChunk,
  saltBytes,
  saltOf,
  sealChunk,
  sealedChunkBytes,
  type FileSecret,
} from './sealed-file.js';

const ownerOnly = 0o600;
const ownersFolder = 0o700;
/** Characters of a key that name its folder: no folder gets millions of files. */
const folderCharacters = 2;
/** Longer than anybody takes to write a file, by the wall's time. */
const writtenWithinMs = 3_600_000;

export type EmbeddedMediaOptions = {
  /** Made when it is missing. */
  readonly directory: string;
  readonly keys: Pick<KeyRing, 'keyFor' | 'find'>;
  /** Other processes keep files in the same folder. */
  readonly isShared?: boolean;
};

/** Thrown through the stream to end it; never leaves this file. */
class Refused extends Error {
  constructor(readonly why: FileRefusal) {
    super(why);
  }
}

/**
 * Files in a folder, sealed, each under its key. What is on its way stands in `new` and is moved to
 * its place when it is whole and on the disk. What a crash left in `new` is taken away here: in a
 * shared folder only what is so old that nobody can still be at it.
 */
export const openEmbeddedMedia = async (options: EmbeddedMediaOptions): Promise<MediaStore> => {
  const { directory, keys, isShared = false } = options;
  const unfinished = join(directory, 'new');
  await mkdir(unfinished, { recursive: true, mode: ownersFolder });
  await removeOlder(unfinished, isShared ? Date.now() - writtenWithinMs : Infinity);

  const put: MediaStore['put'] = async (place, claim, bytes) => {
    if (claim.size !== null && claim.size > mediaBytesMax[claim.kind])
      return { kind: 'refused', why: 'too_large' };
    const subjectKey = await keys.keyFor(place.organisationId, place.subject);
    const salt = randomBytes(saltBytes);
    const secret = fileSecret(subjectKey, salt, place);
    const temporary = join(unfinished, randomUUID());
    try {
      const stored = await writeWhole(temporary, { salt, secret, claim }, bytes);
      await moveTo(pathOf(directory, place.mediaKey), temporary, directory);
      return { kind: 'stored', ...stored };
    } catch (error) {
      await rm(temporary, { force: true });
      if (error instanceof Refused) return { kind: 'refused', why: error.why };
      throw error;
    }
  };
  return {
    put,
    open: (place) => openFile(options, place),
    remove: async (mediaKey) => rm(pathOf(directory, mediaKey), { force: true }),
  };
};

const removeOlder = async (folder: string, thanMs: number): Promise<void> => {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another process may have been faster.
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < thanMs) await rm(path, { force: true });
  }
};

const pathOf = (directory: string, mediaKey: MediaKey): string => {
  const key = parseMediaKey(mediaKey);
  if (key === null) throw new Error('a media key that is none');
  return join(directory, key.slice(0, folderCharacters), key);
};

type Sealing = { readonly salt: Buffer; readonly secret: FileSecret; readonly claim: FileClaim };

/** On the disk when it resolves. Throws Refused. */
const writeWhole = async (
  path: string,
  { salt, secret, claim }: Sealing,
  bytes: AsyncIterable<Uint8Array>,
) => {
  const inspection = inspect(claim);
  const file = await open(path, 'wx', ownerOnly);
  try {
    await file.writeFile(headerOf(salt));
    for await (const { plain, ...chunk } of rechunked(inspected(bytes, inspection)))
      await file.writeFile(sealChunk(secret, chunk, plain));
    const found = inspection.end();
    if (typeof found === 'string') throw new Refused(found);
    await file.sync();
    return found;
  } finally {
    await file.close();
  }
};

async function* inspected(
  bytes: AsyncIterable<Uint8Array>,
  { take }: ReturnType<typeof inspect>,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of bytes) {
    const refused = take(chunk);
    if (refused !== null) throw new Refused(refused);
    yield chunk;
  }
}

/** The name, too, is on the disk when it resolves. */
const moveTo = async (path: string, temporary: string, directory: string): Promise<void> => {
  const folder = dirname(path);
  const made = await mkdir(folder, { recursive: true, mode: ownersFolder });
  await rename(temporary, path);
  await syncFolder(folder);
  if (made !== undefined) await syncFolder(directory);
};

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';

const openFile = async (
  { directory, keys }: EmbeddedMediaOptions,
  place: MediaPlace,
): Promise<KeptFile | null> => {
  const path = pathOf(directory, place.mediaKey);
  const subjectKey = await keys.find(place.organisationId, place.subject);
  if (subjectKey === null) return null;
  try {
    const { size } = contentOf((await stat(path)).size);
    return { size, read: (first, last) => reading(path, { subjectKey, place, first, last }) };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

type Reading = {
  readonly subjectKey: Buffer;
  readonly place: MediaPlace;
  readonly first: number;
  readonly last: number;
};

async function* reading(
  path: string,
  { subjectKey, place, first, last }: Reading,
): AsyncGenerator<Buffer, void> {
  const file = await open(path, 'r');
  try {
    const { chunks } = contentOf((await file.stat()).size);
    const header = await readAt(file, 0, headerBytes);
    const secret = fileSecret(subjectKey, saltOf(header), place);
    for (let index = Math.floor(first / chunkBytes); index * chunkBytes <= last; index += 1) {
      const sealed = await readAt(file, headerBytes + index * sealedChunkBytes, sealedChunkBytes);
      const plain = openChunk(secret, { index, isLast: index === chunks - 1 }, sealed);
      const startsAt = index * chunkBytes;
      yield plain.subarray(Math.max(first - startsAt, 0), last + 1 - startsAt);
    }
  } finally {
    await file.close();
  }
}

/** As many bytes as there are, at most `length`. */
const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  if (filled === 0) throw new MediaDamaged('the file ends too early');
  return buffer.subarray(0, filled);
};
