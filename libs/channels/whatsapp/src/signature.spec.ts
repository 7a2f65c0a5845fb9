import { describe, expect, it } from '@jest/globals';
import { handshake, signBody, verifySignature } from './signature.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const escaped = bytes('{"text":{"body":"caf\\u00e9 \\/"}}');
const escapedDigest = '0cf8a1872f1b7feacc92b388855503fe069661b88335385ac30e3b36e0ee26a0';

describe('the signature of a webhook', () => {
  it('S1: holds over the escaped bytes that Meta signed, not over the same JSON rewritten', () => {
    const header = `sha256=${escapedDigest}`;
    expect(verifySignature(escaped, header, ['app-secret'])).toBe(true);
    const rewritten = bytes(JSON.stringify(JSON.parse(escaped.toString('utf8'))));
    expect(verifySignature(rewritten, header, ['app-secret'])).toBe(false);
  });

  it.each([
    ['an emoji', '{"text":{"body":"👍🏽"}}'],
    ['an escaped pair', '{"text":{"body":"\\ud83d\\udc4d"}}'],
    ['a trailing newline', '{}\n'],
    ['nothing at all', ''],
  ])('S1: verifies a body of %s, and no body that differs by one byte', (_, text) => {
    const header = signBody(bytes(text), 'secret');
    expect(verifySignature(bytes(text), header, ['secret'])).toBe(true);
    expect(verifySignature(bytes(`${text} `), header, ['secret'])).toBe(false);
  });

  it('S1: takes the hexadecimal digits in either case', () => {
    const header = `sha256=${escapedDigest.toUpperCase()}`;
    expect(verifySignature(escaped, header, ['app-secret'])).toBe(true);
  });

  it.each([
    undefined,
    '',
    'sha256=',
    escapedDigest,
    `sha1=${escapedDigest.slice(0, 40)}`,
    `sha256=${escapedDigest.slice(1)}`,
    `sha256=${escapedDigest}0`,
    `sha256=${escapedDigest}\n`,
    `sha256=${'é'.repeat(64)}`,
    `sha256=${'0'.repeat(64)}`,
  ])('S1: refuses the header %j without throwing', (header) => {
    expect(verifySignature(escaped, header, ['app-secret'])).toBe(false);
  });

  it('S2: takes the current and the previous secret, and no third', () => {
    const secrets = ['current', 'previous'];
    expect(verifySignature(escaped, signBody(escaped, 'current'), secrets)).toBe(true);
    expect(verifySignature(escaped, signBody(escaped, 'previous'), secrets)).toBe(true);
    expect(verifySignature(escaped, signBody(escaped, 'third'), secrets)).toBe(false);
    expect(verifySignature(escaped, signBody(escaped, 'previous'), ['current'])).toBe(false);
  });

  it('S2: never takes an empty secret', () => {
    expect(verifySignature(escaped, signBody(escaped, ''), ['', ''])).toBe(false);
    expect(verifySignature(escaped, signBody(escaped, ''), [])).toBe(false);
  });
});

describe('the handshake', () => {
  const query = (changed: object): { readonly [name: string]: unknown } => ({
    'hub.mode': 'subscribe',
    'hub.verify_token': 'token',
    'hub.challenge': '1158201444',
    ...changed,
  });

  it('S3: echoes the challenge of whoever knows the token', () => {
    expect(handshake(query({}), 'token')).toBe('1158201444');
    expect(handshake(query({ 'hub.challenge': 'a'.repeat(128) }), 'token')).toBe('a'.repeat(128));
  });

  it.each([
    { 'hub.verify_token': 'Token' },
    { 'hub.verify_token': '' },
    { 'hub.verify_token': undefined },
    { 'hub.verify_token': ['token', 'token'] },
    { 'hub.mode': 'unsubscribe' },
    { 'hub.challenge': '<script>alert(1)</script>' },
    { 'hub.challenge': 'a'.repeat(129) },
    { 'hub.challenge': '' },
    { 'hub.challenge': '1\n' },
    { 'hub.challenge': ['1', '2'] },
  ])('S3: refuses %j', (changed) => {
    expect(handshake(query(changed), 'token')).toBeNull();
  });

  it('S3: refuses everybody while no token is configured', () => {
    expect(handshake(query({ 'hub.verify_token': '' }), '')).toBeNull();
  });
});
