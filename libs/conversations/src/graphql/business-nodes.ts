import { Injectable } from '@nestjs/common';
import { numberId } from '#kernel';
import type { Principal } from '#access';
import { OrganisationDirectory, numberShape, organisationShape } from '#organisations';
import { TemplateQueries, templateShape } from '#templates';
import { organisationOf } from './viewpoints.js';

/** What is the business's own: itself, its numbers, its templates. */
@Injectable()
export class BusinessNodes {
  constructor(
    private readonly organisations: OrganisationDirectory,
    private readonly templates: TemplateQueries,
  ) {}

  async find(principal: Principal, id: string) {
    const organisation = organisationOf(principal);
    const business = await this.organisations.load(organisation);
    if (id === organisation)
      return { __typename: 'Organisation' as const, ...organisationShape(organisation, business) };
    const number = business.numbers.get(numberId(id));
    if (number) return { __typename: 'BusinessNumber' as const, ...numberShape(number) };
    const template = await this.templates.template(organisation, id);
    return template && templateShape(template);
  }
}
