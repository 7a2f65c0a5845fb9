import { Inject, Injectable } from '@nestjs/common';
import { memberId, type NumberId, type OrganisationId } from '#kernel';
import { DECIDES, type Decides } from '#engine';
import {
  organisationDecider,
  type BusinessNumber,
  type Member,
  type Organisation,
} from '../domain/organisation.js';

/** What others ask about an organisation: always of its own stream. */
@Injectable()
export class OrganisationDirectory {
  constructor(@Inject(DECIDES) private readonly decisions: Decides) {}

  /** The organisation's fold; its name is null when there is no such organisation. */
  async load(organisation: OrganisationId): Promise<Organisation> {
    const folded = await this.decisions.load(organisationDecider, organisation, { fresh: false });
    return folded.state;
  }

  async member(organisation: OrganisationId, member: string): Promise<Member | null> {
    return (await this.load(organisation)).members.get(memberId(member)) ?? null;
  }

  async number(organisation: OrganisationId, number: NumberId): Promise<BusinessNumber | null> {
    return (await this.load(organisation)).numbers.get(number) ?? null;
  }
}
