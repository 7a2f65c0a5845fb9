import { Query, Resolver } from '@nestjs/graphql';
import { organisationId } from '#kernel';
import { CurrentPrincipal, SignedIn, effectiveCapabilities, type Principal } from '#access';
import { OrganisationDirectory } from '../commands/organisation-directory.js';
import { organisationShape } from './organisation-shape.js';
import { memberById } from './principal-shape.js';

@Resolver()
export class ViewerResolver {
  constructor(private readonly organisations: OrganisationDirectory) {}

  @Query('viewer')
  @SignedIn()
  async viewer(@CurrentPrincipal() principal: Principal) {
    const id = organisationId(principal.organisationId);
    const organisation = await this.organisations.load(id);
    return {
      organisation: organisationShape(id, organisation),
      principal: memberById(organisation, principal.id),
      capabilities: effectiveCapabilities(principal),
    };
  }
}
