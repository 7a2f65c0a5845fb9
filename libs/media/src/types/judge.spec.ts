import { describe, expect, it } from '@jest/globals';
import { beginnings, heic, mp3WithoutTag, pages, program } from '../spec/samples.js';
import { judgeType, plainType, readSha256, type FileClaim } from './judge.js';
import type { MediaKind } from './kinds.js';
import { sniff } from './sniff.js';

const claim = (kind: MediaKind, mimeType: string | null): FileClaim => ({
  kind,
  mimeType,
  sha256: null,
  size: null,
});
const kindOf = (mimeType: string): MediaKind => {
  const [family] = mimeType.split('/');
  const kinds = { image: 'IMAGE', audio: 'AUDIO', video: 'VIDEO' } as const;
  return kinds[family as keyof typeof kinds] ?? 'DOCUMENT';
};

describe('what a file is', () => {
  it.each(Object.entries(beginnings))('S34: %s is what it says', (mimeType, head) => {
    expect(judgeType(claim(kindOf(mimeType), mimeType), head)).toEqual({ mimeType });
    expect(judgeType(claim('DOCUMENT', mimeType), head)).toEqual({ mimeType });
  });

  const media = Object.keys(beginnings).filter((type) => kindOf(type) !== 'DOCUMENT');

  it.each(media)('S34: nothing else passes for %s', (mimeType) => {
    const others = Object.entries(beginnings).filter(
      ([type, head]) => type !== mimeType && sniff(head) !== sniff(beginnings[mimeType] ?? head),
    );
    for (const head of [...others.map(([, each]) => each), ...Object.values(pages), program, heic])
      for (const kind of [kindOf(mimeType), 'DOCUMENT'] as const)
        expect(judgeType(claim(kind, mimeType), head)).toEqual({ refused: 'type_mismatch' });
  });

  it.each(Object.entries(pages))('S34: %s is told from text', (_, head) => {
    expect(sniff(head)).toBe('markup');
    expect(judgeType(claim('IMAGE', null), head)).toEqual({ refused: 'type_mismatch' });
  });

  it.each([
    ['IMAGE', 'image/svg+xml'],
    ['IMAGE', 'text/html'],
    ['IMAGE', 'application/pdf'],
    ['AUDIO', 'video/mp4'],
    ['STICKER', 'image/png'],
    ['VIDEO', 'application/x-shockwave-flash'],
  ] as const)('S34: as %s nobody sends %s', (kind, mimeType) => {
    for (const head of [...Object.values(beginnings), ...Object.values(pages)])
      expect(judgeType(claim(kind, mimeType), head)).toEqual({ refused: 'type_not_allowed' });
  });

  it('S34: a document of a type that nobody knows is kept as what nobody knows', () => {
    const unknown = { mimeType: 'application/octet-stream' };
    for (const mimeType of ['text/html', 'image/svg+xml', 'constructor', null])
      for (const head of [program, ...Object.values(pages)])
        expect(judgeType(claim('DOCUMENT', mimeType), head)).toEqual(unknown);
  });

  it('S34: the source of a page may be sent as text, which no browser runs', () => {
    const page = pages['html'] ?? Buffer.alloc(0);
    expect(judgeType(claim('DOCUMENT', 'text/plain'), page)).toEqual({ mimeType: 'text/plain' });
    expect(judgeType(claim('DOCUMENT', 'text/plain'), program)).toEqual({
      refused: 'type_mismatch',
    });
  });

  it('goes by the bytes where nothing was said', () => {
    const ogg = beginnings['audio/ogg'] ?? Buffer.alloc(0);
    expect(judgeType(claim('AUDIO', null), ogg)).toEqual({ mimeType: 'audio/ogg' });
    expect(judgeType(claim('AUDIO', 'application/octet-stream'), ogg)).toEqual({
      mimeType: 'audio/ogg',
    });
    expect(judgeType(claim('VIDEO', null), ogg)).toEqual({ refused: 'type_mismatch' });
  });

  it('knows a type by its other names, and without its parameters', () => {
    expect(plainType('Audio/OGG; codecs=opus')).toBe('audio/ogg');
    expect(plainType('image/jpg')).toBe('image/jpeg');
    expect(plainType(' ; charset=utf-8')).toBeNull();
    expect(judgeType(claim('AUDIO', 'audio/mp3'), mp3WithoutTag)).toEqual({
      mimeType: 'audio/mpeg',
    });
  });

  it('a few bytes, or none, are nothing that is known', () => {
    expect(sniff(Buffer.alloc(0))).toBe('unknown');
    for (let length = 0; length < 3; length += 1)
      expect(sniff(Buffer.alloc(length, 0xff))).not.toBe('jpeg');
  });
});

describe('a checksum', () => {
  const hex = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

  it('is read in hex and in base64; what is neither is not compared', () => {
    expect(readSha256(hex.toUpperCase())).toBe(hex);
    expect(readSha256(Buffer.from(hex, 'hex').toString('base64'))).toBe(hex);
    expect(readSha256(Buffer.from(hex, 'hex').toString('base64url'))).toBe(hex);
    for (const text of ['', 'abc', `${hex}0`, null]) expect(readSha256(text)).toBeNull();
  });
});
