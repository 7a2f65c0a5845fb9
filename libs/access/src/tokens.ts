import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { KeysUnavailable } from './remote-keys.js';

/**
 * Public-key signatures only: a shared secret or `none` can never pass, whatever the header says.
 */
export const TOKEN_ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const;
const TOKEN_TYPES = ['jwt', 'at+jwt', 'application/at+jwt'] as const;
const TOKEN_CHARACTERS_MAX = 8_192;
const CLOCK_TOLERANCE_SECONDS = 5;
const IDENTIFIER_CHARACTERS_MAX = 200;

export type TokenClaims = {
  readonly subject: string;
  readonly organisationId: string;
  /** By the wall clock, never by the domain's. */
  readonly expiresAtMs: number;
};

/** The token proves nothing. `reason` is for the log; the asker is told no more than that. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
  constructor(readonly reason: string) {
    super(`The token is not valid: ${reason}.`);
  }
}

export interface TokenVerifier {
  /**
   * The claims of a token that is genuine and in its time. Throws InvalidToken, KeysUnavailable.
   */
  verify(token: string): Promise<TokenClaims>;
}

export type TokenRules = {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly wallClock: () => number;
};

/**
 * Verifies bearer tokens: signature by a public key from `keys`, issuer, audience, expiry and
 * not-before with at most five seconds of tolerance, type when it is given, subject and
 * organisation.
 */
export const createTokenVerifier = (rules: TokenRules): TokenVerifier => ({
  async verify(token) {
    if (token.length > TOKEN_CHARACTERS_MAX) throw new InvalidToken('it is too long');
    const { payload, protectedHeader } = await verified(token, rules);
    const type = protectedHeader.typ?.toLowerCase();
    if (type !== undefined && !TOKEN_TYPES.some((known) => known === type))
      throw new InvalidToken('its type is not that of an access token');
    return claimsOf(payload);
  },
});

const verified = async (token: string, rules: TokenRules) => {
  try {
    return await jwtVerify(token, rules.keys, {
      algorithms: [...TOKEN_ALGORITHMS],
      issuer: rules.issuer,
      audience: rules.audience,
      requiredClaims: ['exp', 'sub', 'org'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(rules.wallClock()),
    });
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    throw new InvalidToken(error instanceof errors.JOSEError ? error.code : 'it cannot be read');
  }
};

const isIdentifier = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= IDENTIFIER_CHARACTERS_MAX;

const claimsOf = (payload: JWTPayload): TokenClaims => {
  const { sub, org, exp } = payload;
  if (!isIdentifier(sub)) throw new InvalidToken('sub is missing');
  if (!isIdentifier(org)) throw new InvalidToken('org is missing');
  if (exp === undefined) throw new InvalidToken('exp is missing');
  return { subject: sub, organisationId: org, expiresAtMs: exp * 1000 };
};
