import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { organisationId } from '#kernel';
import { createMemoryKeyRing } from '#event-store';
import { derivedMediaKey, type MediaKey } from '../media-key.js';
import { MediaDamaged, type MediaPlace, type MediaStore } from '../port.js';
import { beginnings } from '../spec/samples.js';
import type { FileClaim } from '../types/judge.js';
import { mediaBytesMax } from '../types/kinds.js';
import { openEmbeddedMedia } from './media-store.js';
import { chunkBytes, headerBytes, sealedChunkBytes } from './sealed-file.js';

const acme = organisationId('acme');
const placeOf = (name: string, subject = 'daniel'): MediaPlace => ({
  organisationId: acme,
  subject,
  mediaKey: derivedMediaKey(acme, name),
});
const place = placeOf('one');
const ogg = beginnings['audio/ogg'] ?? Buffer.alloc(0);
const voice: FileClaim = { kind: 'AUDIO', mimeType: 'audio/ogg', sha256: null, size: null };
const recording = (bytes: number): Buffer =>
  Buffer.concat([ogg, randomBytes(bytes - ogg.length)], bytes);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** In pieces of any size; `look` is called before each. */
async function* pieces(
  bytes: Buffer,
  size = 10_000,
  look: (from: number) => void = () => undefined,
): AsyncGenerator<Buffer, void> {
  for (let from = 0; from < bytes.length; from += size) {
    look(from);
    yield bytes.subarray(from, from + size);
  }
}

let directory: string;
let keys: ReturnType<typeof createMemoryKeyRing>;
let store: MediaStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'casement-media-'));
  keys = createMemoryKeyRing();
  store = await openEmbeddedMedia({ directory, keys });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const filesIn = async (): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
};
const readAll = async (at: MediaPlace, first = 0, last?: number): Promise<Buffer> => {
  const kept = await store.open(at);
  if (!kept) throw new Error('it is not there');
  const chunks: Buffer[] = [];
  for await (const chunk of kept.read(first, last ?? kept.size - 1)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describe('a file that is kept', () => {
  const sizes = [
    ogg.length,
    chunkBytes - 1,
    chunkBytes,
    chunkBytes + 1,
    3 * chunkBytes,
    3 * chunkBytes + 7,
  ];

  it.each(sizes)('of %i bytes comes back as it was, whole and in parts', async (size) => {
    const bytes = recording(size);
    await expect(store.put(place, voice, pieces(bytes))).resolves.toEqual({
      kind: 'stored',
      mimeType: 'audio/ogg',
      size,
      sha256: sha256(bytes),
    });
    expect((await store.open(place))?.size).toBe(size);
    expect((await readAll(place)).equals(bytes)).toBe(true);
    const all = [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, size - 1];
    const edges = all.filter((each) => each < size);
    for (const first of edges)
      for (const last of edges.filter((each) => each >= first))
        expect((await readAll(place, first, last)).equals(bytes.subarray(first, last + 1))).toBe(
          true,
        );
  });

  it('S34: has a name of ours alone, and is for its owner alone', async () => {
    await store.put(place, voice, pieces(recording(5_000)));
    const [file = ''] = await filesIn();
    expect(file.endsWith(join(place.mediaKey.slice(0, 2), place.mediaKey))).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const evil = '../../../../etc/passwd' as MediaKey;
    await expect(store.open({ ...place, mediaKey: evil })).rejects.toThrow('none');
    await expect(store.remove(evil)).rejects.toThrow('none');
  });

  it('is replaced by the same place again, and is gone once it is removed', async () => {
    await store.put(place, voice, pieces(recording(5_000)));
    const second = recording(7_000);
    await store.put(place, voice, pieces(second));
    expect((await readAll(place)).equals(second)).toBe(true);
    expect(await filesIn()).toHaveLength(1);
    await store.remove(place.mediaKey);
    await store.remove(place.mediaKey);
    expect(await store.open(place)).toBeNull();
    expect(await filesIn()).toEqual([]);
  });

  it('is gone once its subject is erased, whatever stands on the disk', async () => {
    await store.put(place, voice, pieces(recording(5_000)));
    await keys.destroy(acme, 'daniel');
    expect(await store.open(place)).toBeNull();
    await expect(store.put(place, voice, pieces(recording(100)))).rejects.toThrow('destroyed');
    expect(await filesIn()).toHaveLength(1);
  });

  it('opens for nobody else, and at no other place', async () => {
    await store.put(place, voice, pieces(recording(5_000)));
    await keys.keyFor(acme, 'erin');
    await expect(readAll(placeOf('one', 'erin'))).rejects.toThrow(MediaDamaged);
    await store.put(placeOf('two'), voice, pieces(recording(5_000)));
    const [one = '', two = ''] = await filesIn();
    await rename(one, `${one}.aside`);
    await rename(two, one);
    await rename(`${one}.aside`, two);
    await expect(readAll(place)).rejects.toThrow(MediaDamaged);
  });
});

describe('a file that is refused', () => {
  const refused = (why: string) => ({ kind: 'refused', why });

  it('S34: leaves nothing behind', async () => {
    const bytes = recording(200_000);
    const wrong = { ...voice, sha256: sha256(Buffer.from('other')) };
    const cases = [
      [voice, Buffer.alloc(0), 'empty'],
      [voice, Buffer.from('<svg/>'), 'type_mismatch'],
      [{ ...voice, mimeType: 'text/html' }, bytes, 'type_not_allowed'],
      [wrong, bytes, 'checksum_mismatch'],
      [{ ...voice, size: bytes.length + 1 }, bytes, 'checksum_mismatch'],
      [{ ...voice, size: bytes.length - 1 }, bytes, 'checksum_mismatch'],
    ] as const;
    for (const [claim, content, why] of cases)
      await expect(store.put(place, claim, pieces(content))).resolves.toEqual(refused(why));
    expect(await filesIn()).toEqual([]);
    const right = { ...voice, sha256: sha256(bytes), size: bytes.length };
    await expect(store.put(place, right, pieces(bytes))).resolves.toMatchObject({ kind: 'stored' });
  });

  it('S34: is read no further than it is needed to know', async () => {
    let read = 0;
    const look = (from: number) => (read = from);
    const page = Buffer.concat([Buffer.from('<html>')], 1_000_000);
    await store.put(place, voice, pieces(page, 1_000, look));
    expect(read).toBeLessThan(10_000);
    const max = mediaBytesMax.STICKER;
    const webp = Buffer.concat([beginnings['image/webp'] ?? ogg], max + 200_000);
    const sticker: FileClaim = { ...voice, kind: 'STICKER', mimeType: 'image/webp' };
    await expect(store.put(place, sticker, pieces(webp, 1_000, look))).resolves.toEqual(
      refused('too_large'),
    );
    expect(read).toBeLessThanOrEqual(max + 1_000);
    const told = { ...sticker, size: max + 1 };
    read = -1;
    await expect(store.put(place, told, pieces(webp, 1_000, look))).resolves.toEqual(
      refused('too_large'),
    );
    expect(read).toBe(-1);
    expect(await filesIn()).toEqual([]);
  });

  it('S34: may be as large as is allowed, to the byte', async () => {
    const max = mediaBytesMax.STICKER;
    const sticker: FileClaim = { ...voice, kind: 'STICKER', mimeType: 'image/webp' };
    const webp = Buffer.concat([beginnings['image/webp'] ?? ogg], max);
    await expect(store.put(place, sticker, pieces(webp))).resolves.toMatchObject({ size: max });
  });
});

describe('what goes wrong', () => {
  it('a stream that breaks leaves nothing, and says why', async () => {
    async function* broken(): AsyncGenerator<Buffer, void> {
      yield recording(100_000);
      throw new Error('cut off');
    }
    await expect(store.put(place, voice, broken())).rejects.toThrow('cut off');
    expect(await filesIn()).toEqual([]);
    expect(await store.open(place)).toBeNull();
  });

  it('what a crash left half written is never served, and taken away at the next start', async () => {
    let half: readonly string[] = [];
    async function* slow(): AsyncGenerator<Buffer, void> {
      yield recording(200_000);
      half = await filesIn();
      expect(await store.open(place)).toBeNull();
      yield recording(100);
    }
    await store.put(place, voice, slow());
    expect(half).toHaveLength(1);
    await writeFile(half[0] ?? '', 'half');
    await openEmbeddedMedia({ directory, keys });
    expect(await filesIn()).toHaveLength(1);
    expect(await store.open(place)).not.toBeNull();
  });

  it('in a shared folder, what another process may still be at is left to it', async () => {
    const others = join(directory, 'new', 'of-another-process');
    await writeFile(others, 'half');
    await openEmbeddedMedia({ directory, keys, isShared: true });
    expect(await filesIn()).toEqual([others]);
    const longAgo = new Date(Date.now() - 3_600_001);
    await utimes(others, longAgo, longAgo);
    await openEmbeddedMedia({ directory, keys, isShared: true });
    expect(await filesIn()).toEqual([]);
  });

  it('S34: a byte that was changed, a chunk that was swapped or cut off, is noticed', async () => {
    const bytes = recording(3 * chunkBytes);
    await store.put(place, voice, pieces(bytes));
    const [file = ''] = await filesIn();
    const sealed = await readFile(file);
    const flipped = Buffer.from(sealed);
    flipped.writeUInt8(flipped.readUInt8(headerBytes + 5) ^ 1, headerBytes + 5);
    const chunk = (index: number) =>
      sealed.subarray(
        headerBytes + index * sealedChunkBytes,
        headerBytes + (index + 1) * sealedChunkBytes,
      );
    const header = sealed.subarray(0, headerBytes);
    const damages = [
      flipped,
      Buffer.concat([header, chunk(1), chunk(0), chunk(2)]),
      Buffer.concat([header, chunk(0), chunk(1)]),
      sealed.subarray(0, -1),
      Buffer.concat([sealed, chunk(0)]),
      Buffer.concat([Buffer.alloc(headerBytes), sealed.subarray(headerBytes)]),
    ];
    for (const damaged of damages) {
      await writeFile(file, damaged);
      await expect(readAll(place)).rejects.toThrow(MediaDamaged);
    }
    for (const damaged of [Buffer.alloc(0), header, sealed.subarray(0, headerBytes + 16)]) {
      await writeFile(file, damaged);
      await expect(store.open(place)).rejects.toThrow(MediaDamaged);
    }
  });
});
