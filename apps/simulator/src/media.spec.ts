import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#kernel';
import { DANIEL, NOON_MS, createBench, standingClock, type Bench } from './spec/bench.js';
import { samples } from './samples.js';
import { voiceNote } from './voice-note.js';

let bench: Bench;

beforeEach(async () => {
  bench = await createBench(standingClock(NOON_MS));
});
afterEach(() => bench.close());

const mood = (settings: JsonObject) => bench.ask('POST', '/moods', { whatsapp: settings });
const names = [...samples.keys()];

/** Sends a file from the phone, and what Meta's double says of it. */
const sent = async (media: string) => {
  await bench.ask('POST', `/phones/${DANIEL}/messages`, { media });
  const item = bench.receiver.items().at(-1);
  if (item?.kind !== 'message' || item.content.kind !== 'media') throw new Error('no file came');
  return item.content;
};
const get = (path: string, token = 'token') =>
  fetch(path.startsWith('http') ? path : `${bench.url}/simulator/meta/${path}`, {
    headers: { authorization: `Bearer ${token}` },
    redirect: 'manual',
  });
type Located = { readonly url: string; readonly [name: string]: unknown };
const located = async (id: string): Promise<Located> =>
  (await (await get(`v25.0/${id}`)).json()) as Located;

describe('a file of the phone’s', () => {
  it.each(names)('R118: %s is told in the webhook, located and handed out', async (name) => {
    const { providerMediaId, mimeType, sha256 } = await sent(name);
    const told = await located(providerMediaId);
    expect(told).toMatchObject({ id: providerMediaId, mime_type: mimeType, sha256 });
    const file = await get(told.url);
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(file.headers.get('content-type')).toBe(mimeType);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(bytes).toHaveLength(Number(told['file_size']));
  });

  it('is for whoever has the token, and of an id that was given out', async () => {
    const { providerMediaId } = await sent('voice');
    const { url } = await located(providerMediaId);
    expect((await get(`v25.0/${providerMediaId}`, 'other')).status).toBe(401);
    expect((await get(url, 'other')).status).toBe(401);
    expect((await get('v25.0/1234')).status).toBe(400);
    expect((await get('media/1234')).status).toBe(404);
  });

  it('that nobody has is refused', async () => {
    for (const body of [{ media: 'film' }, { media: 'voice', text: 'x' }])
      await expect(bench.ask('POST', `/phones/${DANIEL}/messages`, body)).resolves.toMatchObject({
        status: 400,
      });
  });
});

describe('the moods of files', () => {
  const answer = async () => {
    const { providerMediaId } = await sent('image');
    const place = await get(`v25.0/${providerMediaId}`);
    if (place.status !== 200) return { located: place.status };
    const told = (await place.json()) as Located;
    return { told, file: await get(told.url) };
  };

  it.each([
    ['gone', 400],
    ['unavailable', 503],
  ])('%s: the Graph API says %i', async (media, status) => {
    await mood({ media });
    await expect(answer()).resolves.toEqual({ located: status });
  });

  it('elsewhere and redirect lead away', async () => {
    await mood({ media: 'redirect', mediaUrl: 'https://evil.example/' });
    const { file } = await answer();
    expect([file?.status, file?.headers.get('location')]).toEqual([302, 'https://evil.example/']);
    await mood({ media: 'elsewhere', mediaUrl: 'file:///etc/passwd' });
    const { providerMediaId } = await sent('image');
    expect((await located(providerMediaId)).url).toBe('file:///etc/passwd');
  });

  it.each(['wrong_type', 'svg', 'empty', 'too_large', 'corrupt'])(
    '%s is not what was said',
    async (media) => {
      await mood({ media });
      const { told, file } = await answer();
      const bytes = Buffer.from((await file?.arrayBuffer()) ?? new ArrayBuffer(0));
      expect(told?.['mime_type']).toBe('image/jpeg');
      expect(bytes.equals(samples.get('image')?.bytes ?? bytes)).toBe(false);
    },
  );

  it('cut comes by half', async () => {
    await mood({ media: 'cut' });
    const { file } = await answer();
    await expect(file?.arrayBuffer()).rejects.toThrow('terminated');
  });

  it('that nobody knows are refused, and the normal one forgets all', async () => {
    await expect(mood({ media: 'bad' })).resolves.toMatchObject({ status: 400 });
    await expect(mood({ mediaUrl: 'nowhere' })).resolves.toMatchObject({ status: 400 });
    await mood({ media: 'svg', mediaUrl: 'https://evil.example/' });
    await bench.ask('POST', '/moods', { whatsapp: 'normal' });
    const { body } = await bench.ask('GET', '/moods');
    expect(body).toMatchObject({ whatsapp: { media: 'normal', mediaUrl: null } });
    expect((body as { twilio: JsonObject }).twilio).not.toHaveProperty('media');
  });
});

describe('a voice message', () => {
  /** The checksum of an Ogg page, bit by bit: another way than the double's. */
  const checksum = (page: Buffer): number => {
    let crc = 0;
    for (const byte of page) {
      crc = (crc ^ (byte << 24)) >>> 0;
      for (let bit = 0; bit < 8; bit += 1)
        crc = ((crc << 1) ^ (crc >= 0x80000000 ? 0x04c11db7 : 0)) >>> 0;
    }
    return crc;
  };

  it('R118: is made of pages that a player accepts', () => {
    const bytes = voiceNote(2);
    const pages: Buffer[] = [];
    for (let from = 0; from < bytes.length;) {
      const segments = bytes.readUInt8(from + 26);
      const table = bytes.subarray(from + 27, from + 27 + segments);
      const length = 27 + segments + table.reduce((sum, each) => sum + each, 0);
      pages.push(Buffer.from(bytes.subarray(from, from + length)));
      from += length;
    }
    expect(pages.map((page) => page.readUInt32LE(18))).toEqual([0, 1, 2, 3]);
    expect(pages.map((page) => page.readUInt8(5))).toEqual([2, 0, 0, 4]);
    expect(pages.map((page) => Number(page.readBigUInt64LE(6)))).toEqual([0, 0, 48_000, 96_000]);
    expect(pages[0]?.subarray(28, 36).toString()).toBe('OpusHead');
    expect(pages[1]?.subarray(28, 36).toString()).toBe('OpusTags');
    for (const page of pages) {
      const told = page.readUInt32LE(22);
      page.writeUInt32LE(0, 22);
      expect(checksum(page)).toBe(told);
    }
  });
});
