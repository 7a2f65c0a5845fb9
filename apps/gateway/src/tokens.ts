import {
  REMOTE_KEYS_LIMITS,
  createTokenVerifier,
  rememberTokens,
  remoteKeys,
  type LocalIssuer,
  type TokenVerifier,
} from '#access';
import type { Config } from '#edge';

/** Believes the identity provider that is configured, else the local issuer. */
export const tokensOf = ({ auth }: Config, issuer: LocalIssuer): TokenVerifier => {
  const keys =
    auth.jwksUrl === null ? issuer.keys : remoteKeys({ url: auth.jwksUrl, ...REMOTE_KEYS_LIMITS });
  const rules = { issuer: auth.issuer, audience: auth.audience, wallClock: Date.now };
  return rememberTokens(createTokenVerifier({ keys, ...rules }), Date.now);
};
