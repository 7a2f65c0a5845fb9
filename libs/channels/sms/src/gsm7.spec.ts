import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { segmentsOf, septetsOf, transliterate } from './gsm7.js';

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

describe('septets', () => {
  it('R080: are one for each of the 127 basic characters and two for the ten others', () => {
    expect(BASIC).toHaveLength(127);
    expect(septetsOf(BASIC)).toBe(127);
    expect(septetsOf('\f^{}\\[~]|€')).toBe(20);
  });

  it.each(['ç', 'á', 'Á', '’', '–', '`', '\t', '\u00a0', '₹', '🚗', 'ش'])(
    'are not known for %j',
    (character) => expect(septetsOf(`a${character}`)).toBeNull(),
  );
});

describe('segments', () => {
  const gsm = (segments: number, units: number) => ({ encoding: 'GSM-7', units, segments });
  const ucs = (segments: number, units: number) => ({ encoding: 'UCS-2', units, segments });

  it.each([
    ['', gsm(1, 0)],
    ['a'.repeat(160), gsm(1, 160)],
    ['a'.repeat(161), gsm(2, 161)],
    ['a'.repeat(306), gsm(2, 306)],
    ['a'.repeat(307), gsm(3, 307)],
    ['€'.repeat(80), gsm(1, 160)],
    ['€'.repeat(81), gsm(2, 162)],
    ['ش'.repeat(70), ucs(1, 70)],
    ['ش'.repeat(71), ucs(2, 71)],
    ['ش'.repeat(134), ucs(2, 134)],
    ['ش'.repeat(135), ucs(3, 135)],
    ['🚗'.repeat(35), ucs(1, 70)],
    ['🚗'.repeat(36), ucs(2, 72)],
  ])('of %s', (text, expected) => expect(segmentsOf(text)).toEqual(expected));

  it('never end within an escaped character or a surrogate pair', () => {
    expect(segmentsOf(`${'a'.repeat(152)}€${'a'.repeat(152)}`)).toEqual(gsm(3, 306));
    // 33 pairs are 66 units of 67: the 67th unit of each part stays empty.
    expect(segmentsOf('🚗'.repeat(66))).toEqual(ucs(2, 132));
    expect(segmentsOf('🚗'.repeat(67))).toEqual(ucs(3, 134));
  });
});

describe('transliteration', () => {
  it.each([
    ['Garçon Motors', 'Garcon Motors'],
    ['Bob’s “Best” – Cars…', 'Bob\'s "Best" - Cars...'],
    ['Café Ñandú, Straße', 'Café Ñandu, Straße'],
    ['Cafe\u0301', 'Café'],
    ['Zieliński & Łódź', 'Zielinski & Lodz'],
    ['Joaquín\u00a0Vidal\tSA', 'Joaquin Vidal SA'],
    ['İstanbul Ağaç Şirketi', 'Istanbul Agac Sirketi'],
    ['Œuvre Đorđe Þór', 'OEuvre Dorde THor'],
    ['ﬁne 𝐀𝓑 Ｆｕｌｌ №5 ™', 'fine AB Full No5 TM'],
    ['Ελληνικά Αυτοκίνητα', 'EΛΛHNIKA AYTOKINHTA'],
    ['Автомир Щербаков', 'Avtomir Shcherbakov'],
    ['Київ Їжак', 'Kiyiv Yizhak'],
    ['Acme 🚗🇬🇧 Motors', 'Acme  Motors'],
    ['1\ufe0f\u20e3', '1'],
    ['شركة 汽车', ' '],
    ['\ud83d alone \u200b\u0000', ' alone '],
  ])('writes %s as %s', (text, expected) => expect(transliterate(text)).toBe(expected));

  it('leaves GSM-7 as it is, and makes nothing else of any text', () => {
    expect(transliterate(`${BASIC}\f^{}\\[~]|€`)).toBe(`${BASIC}\f^{}\\[~]|€`);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        const written = transliterate(text);
        expect(septetsOf(written)).not.toBeNull();
        expect(transliterate(written)).toBe(written);
      }),
    );
  });
});
