import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { organisationId } from '#kernel';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import {
  connection,
  Cursors,
  OwnWrites,
  pageRequest,
  type List,
  type OperationContext,
} from '#edge';
import { VIEWS, type ViewStore } from '#view-store';
import { TemplateQueries, type TemplatePlace } from '../views/template-queries.js';
import type { TemplateRow } from '../views/templates.projection.js';
import { TemplatesArguments } from './inputs.js';
import { templateShape } from './template-shape.js';

@Resolver()
export class TemplatesResolver {
  constructor(
    private readonly queries: TemplateQueries,
    private readonly cursors: Cursors,
    private readonly ownWrites: OwnWrites,
    @Inject(VIEWS) private readonly views: ViewStore,
  ) {}

  @Query('templates')
  @Requires('messages.view')
  async templates(
    @CurrentPrincipal() principal: Principal,
    @Context() context: OperationContext,
    @Args() { first, after }: TemplatesArguments,
  ) {
    await this.ownWrites.shown(principal, context);
    const organisation = organisationId(principal.organisationId);
    const list: List<TemplatePlace> = {
      name: 'templates',
      cursors: this.cursors,
      organisation,
      from: 'start',
      place: ([name, language, id]) => [String(name), String(language), String(id)],
    };
    const position = this.views.position();
    const request = pageRequest({ first: first ?? null, after: after ?? null }, list);
    const page = await this.queries.templates(organisation, request);
    const place = (row: TemplateRow): TemplatePlace => [row.name, row.language, row.template_id];
    return connection(page, page.rows.map(templateShape), list, place, position);
  }
}
