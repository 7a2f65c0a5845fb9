import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { numberId, parseConversationId } from '#kernel';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import type { OperationContext } from '#edge';
import { OrganisationDirectory, numberShape, organisationShape } from '#organisations';
import { ContactQueries } from '../views/contact-queries.js';
import { ConversationQueries } from '../views/conversation-queries.js';
import { contactShape } from './conversation-shape.js';
import { InboxReading } from './inbox-reading.js';
import { messageShape } from './message-shape.js';
import { OwnWrites } from './own-writes.js';
import { organisationOf } from './viewpoints.js';

const idForm = /^[A-Za-z0-9._-]{1,100}$/;

@Resolver()
export class NodeResolver {
  constructor(
    private readonly reading: InboxReading,
    private readonly queries: ConversationQueries,
    private readonly contacts: ContactQueries,
    private readonly organisations: OrganisationDirectory,
    private readonly ownWrites: OwnWrites,
  ) {}

  /** Each shape names its own type, by which the interface is resolved. */
  @Query('node')
  @Requires('messages.view')
  async node(
    @CurrentPrincipal() principal: Principal,
    @Context() context: OperationContext,
    @Args('id') id: string,
  ) {
    await this.ownWrites.shown(principal, context);
    if (!idForm.test(id)) return null;
    if (parseConversationId(id)) return this.reading.conversation(principal, id);
    return (
      (await this.business(principal, id)) ??
      (await this.contact(principal, id)) ??
      (await this.message(principal, id))
    );
  }

  /** The organisation itself, or one of its numbers. */
  private async business(principal: Principal, id: string) {
    const organisation = organisationOf(principal);
    const business = await this.organisations.load(organisation);
    if (id === organisation)
      return { __typename: 'Organisation' as const, ...organisationShape(organisation, business) };
    const number = business.numbers.get(numberId(id));
    return number ? { __typename: 'BusinessNumber' as const, ...numberShape(number) } : null;
  }

  private async contact(principal: Principal, id: string) {
    const row = await this.contacts.contact(organisationOf(principal), id);
    return row ? { __typename: 'Contact' as const, ...contactShape(row) } : null;
  }

  private async message(principal: Principal, id: string) {
    const [row] = await this.queries.messagesById(organisationOf(principal), [id]);
    const said = row && (await this.reading.conversation(principal, row.conversation_id));
    return row && said ? messageShape(row, said.people) : null;
  }
}
