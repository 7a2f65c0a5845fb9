import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import * as http from 'node:http';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule, Authenticator, InvalidToken, KeysUnavailable } from '#access';
import { MessageFiles, type FileOfMessage } from '#conversations';
import { Metrics, Readiness, createHttpAdapter, createLog, nestLog } from '#edge';
import { createMemoryKeyRing } from '#event-store';
import { organisationId } from '#kernel';
import { MediaModule, createMediaLinks, derivedMediaKey, openEmbeddedMedia } from '#media';
import { MEDIA_SETTINGS, MediaController, type MediaSettings } from './media.controller.js';

const streamsMax = 3;
const stallMsMax = 1_000;
const acme = organisationId('acme');
const bytes = Buffer.concat([Buffer.from('OggS\0\x02'), randomBytes(15_000_000)]);

const fileOf = (name: string, subject = 'daniel'): FileOfMessage => ({
  place: { organisationId: acme, subject, mediaKey: derivedMediaKey(acme, name) },
  mimeType: 'audio/ogg',
  filename: null,
  word: 'audio',
});
const known = new Map([
  ['voice', fileOf('voice')],
  ['damaged', fileOf('damaged')],
  ['erased', fileOf('erased', 'erin')],
  ['lost', fileOf('lost')],
]);

/** A token's text says whose it is. */
const authenticator = new Authenticator(
  {
    verify: async (token) => {
      if (token === 'nobody') throw new InvalidToken('it is nobody’s');
      if (token === 'keyless') throw new KeysUnavailable();
      return { organisationId: 'acme', subject: token, expiresAtMs: Number.MAX_SAFE_INTEGER };
    },
  },
  {
    find: async (organisation, id) => ({
      kind: 'staff',
      id,
      organisationId: organisation,
      capabilities: new Set([id === 'sender' ? 'messages.send' : 'messages.view']),
      name: id,
    }),
  },
);

let directory: string;
let app: NestFastifyApplication;
let url: string;
let logged = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'casement-media-'));
  const keys = createMemoryKeyRing();
  const store = await openEmbeddedMedia({ directory, keys });
  for (const name of ['voice', 'damaged', 'erased']) {
    const claim = { kind: 'AUDIO', mimeType: 'audio/ogg', sha256: null, size: null } as const;
    await store.put(known.get(name)?.place ?? fileOf(name).place, claim, one());
  }
  await keys.destroy('acme', 'erin');
  await damage(known.get('damaged')?.place.mediaKey ?? '');
  const destination = new Writable({
    write: (chunk: Buffer, _, done) => {
      logged += chunk.toString();
      done();
    },
  });
  const log = createLog('warn', destination);
  const settings: MediaSettings = { log, limits: { streamsMax, stallMsMax } };
  const links = createMediaLinks({ secret: 's', baseUrl: () => url, wallClock: Date.now });
  @Module({
    imports: [
      AccessModule.with({ inject: [], useFactory: () => authenticator }),
      MediaModule.with({ store, links }),
    ],
    controllers: [MediaController],
    providers: [
      {
        provide: MessageFiles,
        useValue: {
          find: async (organisation: string, id: string) =>
            organisation === acme ? (known.get(id) ?? null) : null,
        },
      },
      { provide: MEDIA_SETTINGS, useValue: settings },
    ],
  })
  class SpecModule {}
  const adapter = createHttpAdapter({
    isHttps: false,
    log,
    metrics: new Metrics(),
    readiness: new Readiness([]),
  });
  app = await NestFactory.create<NestFastifyApplication>(SpecModule, adapter, {
    logger: nestLog(log),
    abortOnError: false,
  });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true, force: true });
});

async function* one(): AsyncGenerator<Buffer, void> {
  yield bytes;
}
/** Changes a byte of the second chunk, which is read when the first is on its way. */
const damage = async (mediaKey: string): Promise<void> => {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const found = names.find(({ name }) => name === mediaKey);
  const file = join(found?.parentPath ?? '', mediaKey);
  const sealed = await readFile(file);
  sealed.writeUInt8(sealed.readUInt8(100_000) ^ 1, 100_000);
  await writeFile(file, sealed);
};
const get = (id: string, token?: string) =>
  fetch(`${url}/media/${id}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
/** One who takes the headers, and then nothing. */
const reader = (): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer viewer' };
    http.get(`${url}/media/voice`, { headers, agent: false }, resolve).once('error', reject);
  });
const isRoom = async (): Promise<boolean> => {
  const response = await get('voice', 'viewer');
  await response.arrayBuffer();
  return response.status === 200;
};
const eventually = async (look: () => Promise<boolean>): Promise<void> => {
  for (let looks = 0; looks < 200; looks += 1) {
    if (await look()) return;
    await wait(20);
  }
  throw new Error('it never came to be');
};

describe('a file over HTTP', () => {
  it('R118: is for whoever may see messages', async () => {
    const response = await get('voice', 'viewer');
    const got = Buffer.from(await response.arrayBuffer());
    expect([response.status, got.equals(bytes)]).toEqual([200, true]);
    expect(response.headers.get('etag')).not.toContain(
      createHash('sha256').update(bytes).digest('hex').slice(0, 8),
    );
  });

  it.each([
    [undefined, 401],
    ['nobody', 401],
    ['sender', 403],
    ['keyless', 503],
  ])('is not for the token %s: %i, in JSON, kept by nobody', async (token, status) => {
    const response = await get('voice', token);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-disposition')).toBeNull();
    const { error } = (await response.json()) as { error: string };
    expect(error).toMatch(/^[A-Z].*\.$/);
  });

  it.each(['unknown', 'erased', 'lost', '..%2f..%2fetc%2fpasswd', '%00', 'a'.repeat(100)])(
    'is not there: %s',
    async (id) => {
      const response = await get(id, 'viewer');
      expect(response.status).toBe(404);
    },
  );

  it('S34: that was damaged breaks off before a wrong byte, and the operator is told', async () => {
    const response = await get('damaged', 'viewer');
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
    expect(logged).toContain('a file could not be read');
  });

  it('is not handed out beyond so many at once, and again once they are over', async () => {
    const readers = await Promise.all(Array.from({ length: streamsMax }, () => reader()));
    expect(readers.map(({ statusCode }) => statusCode)).toEqual(readers.map(() => 200));
    const more = await get('voice', 'viewer');
    expect(more.status).toBe(503);
    expect(more.headers.get('retry-after')).toBe('5');
    expect(more.headers.get('content-length')).not.toBe(String(bytes.length));
    await more.arrayBuffer();
    for (const each of readers) each.destroy();
    await eventually(isRoom);
  });

  it('is not held for a reader who takes nothing', async () => {
    const readers = await Promise.all(Array.from({ length: streamsMax }, () => reader()));
    expect(await isRoom()).toBe(false);
    await eventually(isRoom);
    for (const each of readers) each.destroy();
  });
});
