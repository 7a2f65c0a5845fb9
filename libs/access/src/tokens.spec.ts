import { createHmac } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { createLocalIssuer } from './local-issuer.js';
import type { LocalIssuer } from './local-issuer.js';
import { createTokenVerifier, InvalidToken } from './tokens.js';
import type { TokenVerifier } from './tokens.js';

const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');
const nowSeconds = NOW_MS / 1000;
const issuer = 'https://casement.test';
const audience = 'casement';
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('bearer tokens', () => {
  let directory: string;
  let local: LocalIssuer;
  let tokens: TokenVerifier;
  let wall = NOW_MS;
  let keyId: string;
  let privateKey: webcrypto.CryptoKey;

  const options = () => ({ dataDirectory: directory, issuer, audience, wallClock: () => wall });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'casement-access-'));
    local = await createLocalIssuer(options());
    tokens = createTokenVerifier({ keys: local.keys, ...options() });
    const file = JSON.parse(await readFile(join(directory, 'issuer.json'), 'utf8'));
    keyId = file.keyId;
    privateKey = await crypto.subtle.importKey(
      'jwk',
      file.privateKey,
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    );
  });
  afterAll(() => rm(directory, { recursive: true }));

  const genuine = { sub: 'ada', org: 'acme', iss: issuer, aud: audience, exp: nowSeconds + 60 };
  const signed = (claims: object, header: object = {}, key: webcrypto.CryptoKey = privateKey) =>
    new SignJWT({ ...genuine, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: keyId, ...header })
      .sign(key);
  const refuses = (token: string) => expect(tokens.verify(token)).rejects.toThrow(InvalidToken);

  it('accepts what the local issuer signed, and reads its claims', async () => {
    const token = await local.issue({ sub: 'ada', org: 'acme', expiresInSeconds: 60 });
    expect(await tokens.verify(token)).toEqual({
      subject: 'ada',
      organisationId: 'acme',
      expiresAtMs: NOW_MS + 60_000,
    });
  });

  it('S24: accepts a token up to five seconds past its expiry and not at the fifth', async () => {
    const token = await local.issue({ sub: 'ada', org: 'acme', expiresInSeconds: 60 });
    wall = NOW_MS + 64_999;
    await tokens.verify(token);
    wall = NOW_MS + 65_000;
    await refuses(token);
    wall = NOW_MS;
  });

  it('S24: refuses a token without a signature', async () => {
    await refuses(`${encode({ alg: 'none' })}.${encode(genuine)}.`);
  });

  it('S24: refuses an HMAC made with the public key as its secret', async () => {
    const file = JSON.parse(await readFile(join(directory, 'issuer.json'), 'utf8'));
    const { d: _, ...jwk } = file.publicKey;
    const key = await crypto.subtle.importKey(
      'jwk',
      jwk,
      { name: 'ECDSA', namedCurve: 'P-256' },
      true,
      ['verify'],
    );
    const body = `${encode({ alg: 'HS256', kid: keyId })}.${encode(genuine)}`;
    const secret = await exportSPKI(key);
    await refuses(`${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`);
  });

  it.each([
    ['of another audience', { aud: 'another' }],
    ['of another issuer', { iss: 'https://another.test' }],
    ['that expired', { exp: nowSeconds - 5 }],
    ['that is not valid yet', { nbf: nowSeconds + 6 }],
    ['that never expires', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['without an organisation', { org: undefined }],
    ['whose organisation is no string', { org: ['acme'] }],
    ['whose subject is empty', { sub: '' }],
  ])('S24: refuses a token %s', async (_, claims) => {
    await refuses(await signed(claims));
  });

  it('S24: refuses a token of another type', async () => {
    await refuses(await signed({}, { typ: 'secevent+jwt' }));
    await tokens.verify(await signed({}, { typ: 'JWT' }));
    await tokens.verify(await signed({}));
  });

  it('S24: refuses an unknown key id, and a known one with another key', async () => {
    const forger = await generateKeyPair('ES256', { extractable: true });
    await refuses(await signed({}, { kid: 'unknown' }));
    await refuses(await signed({}, {}, forger.privateKey));
  });

  it('S24: never looks at a key or an address that the token brings along', async () => {
    const forger = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(forger.publicKey);
    const carried = { jwk, jku: 'https://evil.test/jwks', x5u: 'https://evil.test/x5u' };
    await refuses(await signed({}, carried, forger.privateKey));
  });

  it('S24: refuses any other algorithm, even when there is a key for it', async () => {
    const secret = new TextEncoder().encode('a secret that somebody published as a key');
    const pair = await generateKeyPair('ES384');
    for (const [alg, signing, verifying] of [
      ['HS256', secret, secret],
      ['ES384', pair.privateKey, pair.publicKey],
    ] as const) {
      const token = await new SignJWT(genuine).setProtectedHeader({ alg }).sign(signing);
      const trusting = createTokenVerifier({ keys: () => verifying, ...options() });
      await expect(trusting.verify(token)).rejects.toThrow('ERR_JOSE_ALG_NOT_ALLOWED');
    }
  });

  it('S24: refuses claims changed after signing, and an extension it does not know', async () => {
    const [header, , signature] = (await signed({})).split('.');
    await refuses(`${header}.${encode({ ...genuine, org: 'other' })}.${signature}`);
    const demanding = { alg: 'ES256', kid: keyId, crit: ['unheard'], unheard: true };
    await refuses(`${encode(demanding)}.${encode(genuine)}.${signature}`);
  });

  it('refuses a token too long to be one, and what is no token at all', async () => {
    await refuses('a'.repeat(8_193));
    await refuses('not a token');
    await refuses('');
  });

  it('keeps the key pair to its owner, and keeps it over restarts', async () => {
    const { mode } = await stat(join(directory, 'issuer.json'));
    expect(mode & 0o777).toBe(0o600);
    const token = await local.issue({ sub: 'ada', org: 'acme', expiresInSeconds: 60 });
    const restarted = await createLocalIssuer(options());
    const again = createTokenVerifier({ keys: restarted.keys, ...options() });
    expect((await again.verify(token)).subject).toBe('ada');
  });

  it('makes one key pair when several processes start at once', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'casement-access-'));
    const made = await Promise.all(
      Array.from({ length: 8 }, () => createLocalIssuer({ ...options(), dataDirectory })),
    );
    const [first, last] = [made[0], made[7]];
    const token = await first?.issue({ sub: 'ada', org: 'acme', expiresInSeconds: 60 });
    if (last === undefined || token === undefined) throw new Error('no issuer was made');
    const verifier = createTokenVerifier({ keys: last.keys, ...options() });
    expect((await verifier.verify(token)).organisationId).toBe('acme');
    await rm(dataDirectory, { recursive: true });
  });
});
