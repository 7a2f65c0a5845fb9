import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalJWKSet, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import type { JWK, JWTVerifyGetKey } from 'jose';

const ALGORITHM = 'ES256';
const FILE_NAME = 'issuer.json';
const OWNER_ONLY = 0o600;

export type LocalIssuerOptions = {
  readonly dataDirectory: string;
  readonly issuer: string;
  readonly audience: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly wallClock: () => number;
};

export type TokenRequest = {
  readonly sub: string;
  readonly org: string;
  readonly expiresInSeconds: number;
};

export interface LocalIssuer {
  /** A signed bearer token of this machine, valid from now on. */
  issue(request: TokenRequest): Promise<string>;
  /** The public half, for verifying. */
  readonly keys: JWTVerifyGetKey;
}

type KeyFile = { readonly keyId: string; readonly privateKey: JWK; readonly publicKey: JWK };

/**
 * The issuer of the embedded default. Its ES256 key pair lives in `<data directory>/issuer.json`,
 * readable by its owner alone, made on first use; of processes that start at once, one makes it and
 * all use it. Throws when the file is there but is no key pair, rather than replace it.
 */
export const createLocalIssuer = async (options: LocalIssuerOptions): Promise<LocalIssuer> => {
  const path = join(options.dataDirectory, FILE_NAME);
  const file = (await readKeys(path)) ?? (await makeKeys(path, options.dataDirectory));
  const signingKey = await importJWK(file.privateKey, ALGORITHM);
  return {
    keys: createLocalJWKSet({ keys: [file.publicKey] }),
    issue: ({ sub, org, expiresInSeconds }) => {
      const nowSeconds = Math.floor(options.wallClock() / 1000);
      return new SignJWT({ org })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid: file.keyId })
        .setSubject(sub)
        .setIssuer(options.issuer)
        .setAudience(options.audience)
        .setIssuedAt(nowSeconds)
        .setNotBefore(nowSeconds)
        .setExpirationTime(nowSeconds + expiresInSeconds)
        .sign(signingKey);
    },
  };
};

const readKeys = async (path: string): Promise<KeyFile | null> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (text === null) return null;
  const file: unknown = JSON.parse(text);
  if (!isKeyFile(file)) throw new Error(`${path} holds no key pair. Restore it, or move it away.`);
  return file;
};

const makeKeys = async (path: string, dataDirectory: string): Promise<KeyFile> => {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const keyId = randomUUID();
  const named = { kid: keyId, alg: ALGORITHM, use: 'sig' };
  const made: KeyFile = {
    keyId,
    privateKey: { ...(await exportJWK(privateKey)), ...named },
    publicKey: { ...(await exportJWK(publicKey)), ...named },
  };
  await mkdir(dataDirectory, { recursive: true });
  await placeOnce(path, JSON.stringify(made));
  return (await readKeys(path)) ?? made;
};

/** Writes beside and links into place: the file is whole or absent, and the first to come wins. */
const placeOnce = async (path: string, text: string): Promise<void> => {
  const beside = `${path}.${randomUUID()}`;
  const handle = await open(beside, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await link(beside, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await handle.close();
    await rm(beside, { force: true });
  }
};

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

const isKeyFile = (value: unknown): value is KeyFile =>
  typeof value === 'object' &&
  value !== null &&
  'keyId' in value &&
  typeof value.keyId === 'string' &&
  'privateKey' in value &&
  typeof value.privateKey === 'object' &&
  'publicKey' in value &&
  typeof value.publicKey === 'object';
