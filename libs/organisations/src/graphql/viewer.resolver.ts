import { Query, Resolver } from '@nestjs/graphql';
import { organisationId } from '#kernel';
import { CurrentPrincipal, SignedIn, effectiveCapabilities, type Principal } from '#access';
import { OrganisationDirectory } from '../commands/organisation-directory.js';
import { numberShape } from './number-shape.js';
import { memberById } from './principal-shape.js';

@Resolver()
export class ViewerResolver {
  constructor(private readonly organisations: OrganisationDirectory) {}

  @Query('viewer')
  @SignedIn()
  async viewer(@CurrentPrincipal() principal: Principal) {
    const organisation = await this.organisations.load(organisationId(principal.organisationId));
    return {
      organisation: {
        id: principal.organisationId,
        name: organisation.name ?? '',
        numbers: organisation.numbers.toList().map(numberShape).toArray(),
      },
      principal: memberById(organisation, principal.id),
      capabilities: effectiveCapabilities(principal),
    };
  }
}
