import { createLocalJWKSet, createRemoteJWKSet, errors, jwksCache } from 'jose';
import type { JWKSCacheInput, JWTVerifyGetKey } from 'jose';

/** The identity provider's keys cannot be had: nobody's fault who asks. Ask again later. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

export type RemoteKeysOptions = {
  readonly url: URL;
  /** How long fetched keys are used before they are fetched again. */
  readonly freshMs: number;
  /** At most one fetch in this time, however many unknown key ids or failures there are. */
  readonly coolDownMs: number;
  /** How long keys that cannot be renewed are still believed. */
  readonly staleMsMax: number;
  readonly fetchMsMax: number;
};

export const REMOTE_KEYS_LIMITS = {
  freshMs: 10 * 60_000,
  coolDownMs: 30_000,
  staleMsMax: 24 * 60 * 60_000,
  fetchMsMax: 5_000,
} as const;

/**
 * The keys behind a fixed JWKS URL, for verifying tokens. Fetched on first use and cached; an
 * unknown key id fetches again, at most once per cool-down. While the URL is down the last keys are
 * believed up to `staleMsMax`. Throws KeysUnavailable when there are none to believe. A key or an
 * address that the token itself carries is never looked at.
 */
export const remoteKeys = (options: RemoteKeysOptions): JWTVerifyGetKey => {
  const fetched: JWKSCacheInput = {};
  const remote = createRemoteJWKSet(options.url, {
    cacheMaxAge: options.freshMs,
    cooldownDuration: options.coolDownMs,
    timeoutDuration: options.fetchMsMax,
    [jwksCache]: fetched,
  });
  let failedAtMs = -Infinity;

  const lastKnown: JWTVerifyGetKey = (header, token) => {
    const jwks = remote.jwks();
    if (jwks === undefined || Date.now() - (fetched.uat ?? 0) > options.staleMsMax)
      throw new KeysUnavailable('The keys that tokens are verified with cannot be fetched.');
    return createLocalJWKSet(jwks)(header, token);
  };

  return async (header, token) => {
    if (performance.now() - failedAtMs < options.coolDownMs) return lastKnown(header, token);
    try {
      return await remote(header, token);
    } catch (error) {
      if (isAboutTheToken(error)) throw error;
      failedAtMs = performance.now();
      return lastKnown(header, token);
    }
  };
};

const isAboutTheToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;
