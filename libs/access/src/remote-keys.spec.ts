import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import type { JWK, JWTVerifyGetKey } from 'jose';
import { KeysUnavailable, remoteKeys, REMOTE_KEYS_LIMITS } from './remote-keys.js';

const makeKey = async (kid: string) => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256' };
  const sign = (named = kid) =>
    new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: named }).sign(privateKey);
  return { jwk, sign };
};

const askFor = async (keys: JWTVerifyGetKey, kid: string) =>
  keys({ alg: 'ES256', kid }, { payload: '', signature: '' });

describe('remote keys', () => {
  let server: Server;
  let url: URL;
  let published: JWK[];
  let isDown: boolean;
  let fetches: number;

  beforeEach(async () => {
    [published, isDown, fetches] = [[], false, 0];
    server = createServer((_, response) => {
      fetches += 1;
      response.statusCode = isDown ? 503 : 200;
      response.end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('S25: asks at most twice for a thousand unknown key ids', async () => {
    const key = await makeKey('one');
    published = [key.jwk];
    const keys = remoteKeys({ url, ...REMOTE_KEYS_LIMITS });
    for (let index = 0; index < 1_000; index += 1)
      await expect(askFor(keys, `unknown-${index}`)).rejects.toThrow();
    expect(fetches).toBeLessThanOrEqual(2);
  });

  it('S25: takes up a rotated key without a restart', async () => {
    const [before, after] = [await makeKey('before'), await makeKey('after')];
    published = [before.jwk];
    const keys = remoteKeys({ url, ...REMOTE_KEYS_LIMITS, coolDownMs: 0 });
    await jwtVerify(await before.sign(), keys);
    published = [before.jwk, after.jwk];
    await jwtVerify(await after.sign(), keys);
    await jwtVerify(await before.sign(), keys);
    expect(fetches).toBe(2);
  });

  it('S25: believes the last keys while the address is down, and not for ever', async () => {
    const key = await makeKey('one');
    published = [key.jwk];
    const patient = remoteKeys({ url, ...REMOTE_KEYS_LIMITS, freshMs: 0 });
    const strict = remoteKeys({ url, ...REMOTE_KEYS_LIMITS, freshMs: 0, staleMsMax: -1 });
    await jwtVerify(await key.sign(), patient);
    await jwtVerify(await key.sign(), strict);
    isDown = true;
    await jwtVerify(await key.sign(), patient);
    await expect(jwtVerify(await key.sign(), strict)).rejects.toThrow(KeysUnavailable);
  });

  it('says that there are no keys, and does not hammer an address that is down', async () => {
    isDown = true;
    const key = await makeKey('one');
    const keys = remoteKeys({ url, ...REMOTE_KEYS_LIMITS });
    for (let index = 0; index < 20; index += 1)
      await expect(jwtVerify(await key.sign(), keys)).rejects.toThrow(KeysUnavailable);
    expect(fetches).toBe(1);
  });
});
