import { isErased } from '#kernel';
import type { Member, Organisation } from '../domain/organisation.js';

/** A member of the union Principal. */
export type PrincipalShape = {
  readonly __typename: 'StaffMember' | 'AiAgent' | 'EmbeddedSession' | 'ApiClient' | 'Customer';
  readonly id: string;
  readonly name: string | null;
};

const typeNames = {
  staff: 'StaffMember',
  ai: 'AiAgent',
  embedded: 'EmbeddedSession',
  api: 'ApiClient',
} as const;

/** A member as clients see them. */
export const memberShape = (member: Member): PrincipalShape => ({
  __typename: typeNames[member.kind],
  id: member.memberId,
  name: isErased(member.name) ? null : member.name,
});

/** The member with this id; null when the organisation has never had them. */
export const memberById = (organisation: Organisation, id: string): PrincipalShape | null => {
  const member = organisation.members.find(({ memberId }) => memberId === id);
  return member ? memberShape(member) : null;
};
