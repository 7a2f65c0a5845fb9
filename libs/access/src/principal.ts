/** What a member may be allowed to do in conversations; `*` is never a capability. */
export const CAPABILITIES = ['messages.view', 'messages.send', 'messages.tier.manage'] as const;

export type Capability =
  (typeof CAPABILITIES)[number] | `assignments.${string}` | `notes.${string}`;

export type PrincipalKind = 'staff' | 'ai' | 'embedded' | 'api' | 'customer';

/** Who is asking, in which organisation, and what they may do there. */
export type Principal = {
  readonly kind: PrincipalKind;
  readonly id: string;
  readonly organisationId: string;
  readonly capabilities: ReadonlySet<string>;
  readonly name: string;
};

/** Finds who a token's subject is. Implemented by whoever keeps an organisation's members. */
export interface PrincipalDirectory {
  /** The principal of `subject` in that organisation, as it stands now; null when there is none. */
  find(organisationId: string, subject: string): Promise<Principal | null>;
}

/**
 * An embedded inbox sits in somebody else's page: whatever its member may do, these stay out of its
 * reach, for good, so that a careless grant cannot put them there.
 */
const DENIED_TO_EMBEDDED = ['assignments.', 'notes.'] as const;

const deniedToEmbedded = (capability: string): boolean =>
  DENIED_TO_EMBEDDED.some((prefix) => capability.startsWith(prefix));

/** Equal for two principals exactly when both may see and do the same; names neither of them. */
export const viewerOf = (principal: Principal): string =>
  [principal.organisationId, principal.kind, ...effectiveCapabilities(principal)].join(' ');

export type Lack = 'CAPABILITY_MISSING' | 'NOT_AVAILABLE_EMBEDDED';

/** Why the principal may not use the capability, or null when it may. */
export const lackOf = (principal: Principal, capability: Capability): Lack | null => {
  if (principal.kind === 'embedded' && deniedToEmbedded(capability))
    return 'NOT_AVAILABLE_EMBEDDED';
  return principal.capabilities.has(capability) ? null : 'CAPABILITY_MISSING';
};

/** Whether the principal may use the capability. */
export const may = (principal: Principal, capability: Capability): boolean =>
  lackOf(principal, capability) === null;

/** What the principal may really do, sorted: its capabilities less those its kind never has. */
export const effectiveCapabilities = (principal: Principal): readonly string[] =>
  [...principal.capabilities]
    .filter((capability) => principal.kind !== 'embedded' || !deniedToEmbedded(capability))
    .sort();
