import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import type { ContactRow } from '#contacts';
import {
  connection,
  Cursors,
  OwnWrites,
  pageRequest,
  type List,
  type OperationContext,
} from '#edge';
import { VIEWS, type ViewStore } from '#view-store';
import { ContactQueries, type ContactPlace } from '../views/contact-queries.js';
import { ContactsArguments } from './audit-inputs.js';
import { contactShape } from './conversation-shape.js';
import { organisationOf } from './viewpoints.js';

@Resolver()
export class ContactsResolver {
  constructor(
    private readonly contacts: ContactQueries,
    private readonly cursors: Cursors,
    private readonly ownWrites: OwnWrites,
    @Inject(VIEWS) private readonly views: ViewStore,
  ) {}

  @Query('contacts')
  @Requires('messages.view')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Context() context: OperationContext,
    @Args() { search, first, after }: ContactsArguments,
  ) {
    await this.ownWrites.shown(principal, context);
    const organisation = organisationOf(principal);
    const list: List<ContactPlace> = {
      name: 'contacts',
      cursors: this.cursors,
      organisation,
      from: 'start',
      place: ([listedAs, id]) => [String(listedAs), String(id)],
    };
    const position = this.views.position();
    const request = pageRequest({ first: first ?? null, after: after ?? null }, list);
    const page = await this.contacts.contacts(organisation, search ?? null, request);
    const place = (row: ContactRow): ContactPlace => [row.listed_as, row.contact_id];
    return connection(page, page.rows.map(contactShape), list, place, position);
  }
}
