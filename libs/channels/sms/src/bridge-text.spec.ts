import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bridgeText, type BridgeText } from './bridge-text.js';
import { segmentsOf } from './gsm7.js';

const links = { whatsAppDigits: '447700900123', portal: 'tflow.link/abc12345' };
const textFor = (name: string, changed: Partial<typeof links> = {}): BridgeText =>
  bridgeText({ name, ...links, ...changed });
const nameIn = (bridge: BridgeText): string =>
  bridge.kind === 'text' ? bridge.text.slice(0, bridge.text.indexOf(': Update')) : bridge.kind;

const GOLDEN =
  'AcmeMotors: Update for you. WhatsApp: wa.me/447700900123 Portal: tflow.link/abc12345';

describe('the text of the bridge', () => {
  it('R079: is exactly the example', () => {
    expect(textFor('AcmeMotors')).toEqual({ kind: 'text', text: GOLDEN });
    expect(segmentsOf(GOLDEN)).toEqual({ encoding: 'GSM-7', units: 84, segments: 1 });
  });

  it('R081: names the WhatsApp number by its digits, without a plus', () => {
    expect(GOLDEN).toContain(' wa.me/447700900123 ');
  });

  it('R080: has room for a name of 86 septets, or 83 beside the longest number', () => {
    const longest = { whatsAppDigits: '123456789012345' };
    expect(nameIn(textFor('A'.repeat(86)))).toBe('A'.repeat(86));
    expect(nameIn(textFor('A'.repeat(87)))).toBe('A'.repeat(86));
    expect(nameIn(textFor('A'.repeat(83), longest))).toBe('A'.repeat(83));
    expect(nameIn(textFor('A'.repeat(84), longest))).toBe('A'.repeat(83));
  });

  it('F36: shortens the name between characters, and leaves no space at its end', () => {
    expect(nameIn(textFor(`${'A'.repeat(85)}€`))).toBe('A'.repeat(85));
    expect(nameIn(textFor(`${'A'.repeat(84)}€`))).toBe(`${'A'.repeat(84)}€`);
    expect(nameIn(textFor(`${'A'.repeat(85)} Motors`))).toBe('A'.repeat(85));
  });

  it.each([
    ['Garçon Motors', 'Garcon Motors'],
    ['  Bob’s\n Cars 🚗 ', "Bob's Cars"],
    ['🚗 Acme 🚗 Motors', 'Acme Motors'],
    ['Zażółć', 'Zazolc'],
    ['3', '3'],
    [`${'!'.repeat(90)}Acme`, 'Acme'],
  ])('Q07: writes the name %j as %j', (name, expected) =>
    expect(nameIn(textFor(name))).toBe(expected),
  );

  it.each(['', '   ', '🚗🚗', 'شركة السيارات', '汽车', '!?&', '\u200b'])(
    'Q07: needs another name than %j',
    (name) => expect(textFor(name)).toEqual({ kind: 'name-needed' }),
  );

  it('says so when no letter of the name fits beside the links', () => {
    const portal = (length: number): string => `${'h'.repeat(length - 9)}/abc12345`;
    expect(nameIn(textFor('Acme', { portal: portal(104) }))).toBe('A');
    expect(textFor('Acme', { portal: portal(105) })).toEqual({ kind: 'links-too-long' });
    expect(textFor('Acme', { portal: 'bücher–.example/a' })).toEqual({ kind: 'links-too-long' });
  });

  it('R080: is one GSM-7 segment with both links whole, whatever the name, number and host', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.string({
        unit: fc.constantFrom('🚗', 'ش', 'é', 'ç', '€', 'A', ' ', '’', '[', 'щ', 'λ'),
        minLength: 1,
        maxLength: 300,
      }),
    );
    const numbers = fc.stringMatching(/^[1-9][0-9]{6,14}$/);
    const hosts = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?\.[a-z]{2,10}$/);
    const codes = fc.stringMatching(/^[A-Za-z0-9]{8,11}$/);
    fc.assert(
      fc.property(names, numbers, hosts, codes, (name, whatsAppDigits, host, code) => {
        const portal = `${host}/p/${code}`;
        const bridge = bridgeText({ name, whatsAppDigits, portal });
        if (bridge.kind === 'name-needed') return;
        expect(bridge.kind).toBe('text');
        const text = bridge.kind === 'text' ? bridge.text : '';
        expect(segmentsOf(text)).toMatchObject({ encoding: 'GSM-7', segments: 1 });
        expect(text).toMatch(/^\S/u);
        expect(
          text.endsWith(`: Update for you. WhatsApp: wa.me/${whatsAppDigits} Portal: ${portal}`),
        ).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
