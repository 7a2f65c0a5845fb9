import { GraphQLError } from 'graphql';
import { effectiveCapabilities } from './principal.js';
import type { Capability, Lack, Principal } from './principal.js';

const WHERE_TO_MEND = 'An administrator can grant it under Settings > Team.';

/** The exact words for a missing capability: which one it is, and where to mend it. */
export const lackSentence = (lack: Lack, capability: Capability): string =>
  lack === 'NOT_AVAILABLE_EMBEDDED'
    ? `The capability ${capability} is not available in an embedded inbox. Use Casement itself.`
    : `You need the capability ${capability} for this. ${WHERE_TO_MEND}`;

/** The principal may not. Reaches queries and subscriptions as an error, mutations as a refusal. */
export class CapabilityMissing extends GraphQLError {
  override readonly name = 'CapabilityMissing';
  constructor(
    readonly lack: Lack,
    readonly capability: Capability,
  ) {
    const message = lackSentence(lack, capability);
    super(message, { extensions: { code: 'CAPABILITY_MISSING', capability } });
  }
}

/** What a mutation answers when the business says no: the shape of the contract's `Payload`. */
export type RefusedPayload = {
  readonly clientMutationId: string | null;
  readonly position: null;
  readonly refusal: {
    readonly __typename: 'PlainRefusal';
    readonly code: string;
    readonly message: string;
  };
};

/**
 * The payload of a mutation refused for want of a capability; for resolvers that ask by themselves.
 */
export const capabilityRefusal = (
  missing: { readonly lack: Lack; readonly capability: Capability },
  clientMutationId: string | null,
): RefusedPayload => ({
  clientMutationId,
  position: null,
  refusal: {
    __typename: 'PlainRefusal',
    code: missing.lack,
    message: lackSentence(missing.lack, missing.capability),
  },
});

/** Nobody we know. One sentence for every cause, so that a forger learns nothing. */
export const unauthenticated = (): GraphQLError =>
  new GraphQLError('Sign in: send a valid bearer token in the authorization header.', {
    extensions: { code: 'UNAUTHENTICATED' },
  });

export const keysUnavailable = (): GraphQLError =>
  new GraphQLError('Tokens cannot be verified at the moment. Try again shortly.', {
    extensions: { code: 'STORE_UNAVAILABLE' },
  });

/** Whether the two principals may do the same things: a connection that may no longer is closed. */
export const sameCapabilities = (a: Principal, b: Principal): boolean =>
  effectiveCapabilities(a).join() === effectiveCapabilities(b).join();
