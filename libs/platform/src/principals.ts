import { isErased, organisationId } from '#kernel';
import type { PrincipalDirectory } from '#access';
import type { OrganisationDirectory } from '#organisations';

/** Finds principals among the members of organisations. */
export const principalDirectory = (organisations: OrganisationDirectory): PrincipalDirectory => ({
  find: async (organisation, subject) => {
    const member = await organisations.member(organisationId(organisation), subject);
    if (!member) return null;
    return {
      kind: member.kind,
      id: member.memberId,
      organisationId: organisation,
      capabilities: new Set(member.capabilities),
      name: isErased(member.name) ? '' : member.name,
    };
  },
});
