import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { organisationId } from '#kernel';
import { createMediaLinks, mediaLinkMsMax, mediaLinkMsMin } from './links.js';

const acme = organisationId('acme');
let nowMs = Date.parse('2036-03-29T12:00:30.000Z');
const linksOf = (secret: string) =>
  createMediaLinks({ secret, baseUrl: () => 'https://casement.example', wallClock: () => nowMs });
const links = linksOf('secret');
const accessOf = (url: string): string => new URL(url).searchParams.get('access') ?? '';

describe('a link to a file', () => {
  it('opens its file, for its organisation', () => {
    const url = links.urlOf(acme, 'm1');
    expect(url.startsWith('https://casement.example/media/m1?access=')).toBe(true);
    expect(links.opens('m1', accessOf(url))).toBe(acme);
  });

  it('opens no other file, and not with another secret', () => {
    const access = accessOf(links.urlOf(acme, 'm1'));
    expect(links.opens('m2', access)).toBeNull();
    expect(linksOf('other').opens('m1', access)).toBeNull();
  });

  it('is good to the last millisecond, for ten minutes at least, and not in the first one after', () => {
    const start = nowMs;
    const access = accessOf(links.urlOf(acme, 'm1'));
    let lastMs = 0;
    for (let ms = mediaLinkMsMin - 1; ms <= mediaLinkMsMax; ms += 500) {
      nowMs = start + ms;
      if (links.opens('m1', access) !== null) lastMs = ms;
    }
    expect(lastMs).toBeGreaterThanOrEqual(mediaLinkMsMin - 1);
    const end = start - (start % 120_000) + mediaLinkMsMax;
    nowMs = end - 1;
    expect(links.opens('m1', access)).toBe(acme);
    nowMs = end;
    expect(links.opens('m1', access)).toBeNull();
    nowMs = start;
  });

  it('is the same for whoever asks again within a while', () => {
    const one = links.urlOf(acme, 'm1');
    nowMs += 1_000;
    expect(links.urlOf(acme, 'm1')).toBe(one);
    nowMs += mediaLinkMsMax - mediaLinkMsMin;
    expect(links.urlOf(acme, 'm1')).not.toBe(one);
  });

  it('opens nothing once any character of it was changed', () => {
    const access = accessOf(links.urlOf(acme, 'm1'));
    fc.assert(
      fc.property(
        fc.nat(access.length - 1),
        fc.constantFrom(...Array.from('AQgw09_-.!=')),
        (at, sign) => {
          const changed = access.slice(0, at) + sign + access.slice(at + 1);
          fc.pre(changed !== access);
          expect(links.opens('m1', changed)).toBeNull();
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is no surprise, whatever somebody writes in its place', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string(), (claim, signature) => {
        const encoded = Buffer.from(claim).toString('base64url');
        expect(links.opens('m1', `${encoded}.${signature}`)).toBeNull();
        expect(links.opens('m1', claim)).toBeNull();
      }),
    );
    for (const claim of [
      '',
      ' ',
      '1',
      '1 ',
      ' acme',
      'acme 1',
      '-1 acme',
      '1e9 acme',
      '9 '.repeat(99),
    ])
      expect(links.opens('m1', `${Buffer.from(claim).toString('base64url')}.AAAA`)).toBeNull();
    expect(links.opens('m1', `${'A'.repeat(2_000)}.AAAA`)).toBeNull();
  });
});
