import type { TokenClaims, TokenVerifier } from './tokens.js';

export type RememberLimits = {
  readonly tokensMax: number;
  /** Longer tokens are verified each time. */
  readonly charactersMax: number;
  /** How long a token is believed after its signature was checked: so soon a withdrawn key is heard of. */
  readonly msMax: number;
};

export const REMEMBER_LIMITS: RememberLimits = {
  tokensMax: 5_000,
  charactersMax: 2_048,
  msMax: 10_000,
};

type Remembered = { readonly claims: TokenClaims; readonly untilMs: number };

/**
 * Checks the signature of a token once in a while and not at every request. Only genuine tokens are
 * remembered, never beyond their expiry, the one that was verified longest ago forgotten first.
 */
export const rememberTokens = (
  verifier: TokenVerifier,
  wallClock: () => number,
  limits: RememberLimits = REMEMBER_LIMITS,
): TokenVerifier => {
  // In the order in which they were verified.
  const known = new Map<string, Remembered>();

  const remember = (token: string, claims: TokenClaims, nowMs: number): void => {
    known.delete(token);
    known.set(token, { claims, untilMs: Math.min(claims.expiresAtMs, nowMs + limits.msMax) });
    const [oldest] = known.keys();
    if (known.size > limits.tokensMax && oldest !== undefined) known.delete(oldest);
  };

  return {
    async verify(token) {
      const nowMs = wallClock();
      const remembered = known.get(token);
      if (remembered && nowMs < remembered.untilMs) return remembered.claims;
      known.delete(token);
      const claims = await verifier.verify(token);
      if (token.length <= limits.charactersMax) remember(token, claims, nowMs);
      return claims;
    },
  };
};
