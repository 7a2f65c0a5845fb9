import type { Principal, PrincipalDirectory } from './principal.js';
import { KeysUnavailable } from './remote-keys.js';
import { InvalidToken } from './tokens.js';
import type { TokenVerifier } from './tokens.js';

/** What is known of whoever asks. Only `known` may do anything. */
export type Authentication =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable' }
  | KnownAuthentication;

export type KnownAuthentication = {
  readonly kind: 'known';
  readonly principal: Principal;
  /** The token's `sub`, by which the principal was found. */
  readonly subject: string;
  readonly expiresAtMs: number;
};

const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/** Turns an `authorization` header, or what stands for it on a WebSocket, into a principal. */
export class Authenticator {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly directory: PrincipalDirectory,
  ) {}

  /** Never throws for a bad token; throws what the directory throws when it cannot be asked. */
  async authenticate(authorization: string | undefined): Promise<Authentication> {
    if (authorization === undefined || authorization === '') return { kind: 'anonymous' };
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return { kind: 'refused', reason: 'it is no bearer token' };
    try {
      const claims = await this.tokens.verify(token);
      const principal = await this.directory.find(claims.organisationId, claims.subject);
      if (principal === null) return { kind: 'refused', reason: 'its subject is no member' };
      const { subject, expiresAtMs } = claims;
      return { kind: 'known', principal, subject, expiresAtMs };
    } catch (error) {
      if (error instanceof InvalidToken) return { kind: 'refused', reason: error.reason };
      if (error instanceof KeysUnavailable) return { kind: 'unavailable' };
      throw error;
    }
  }

  /** The principal as it stands now: for connections that outlive a change of members. */
  refresh(known: KnownAuthentication): Promise<Principal | null> {
    return this.directory.find(known.principal.organisationId, known.subject);
  }
}
