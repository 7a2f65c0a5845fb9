import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { parseConversationId } from '#kernel';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import { OwnWrites, type OperationContext } from '#edge';
import { ContactQueries } from '../views/contact-queries.js';
import { ConversationQueries } from '../views/conversation-queries.js';
import { BusinessNodes } from './business-nodes.js';
import { contactShape } from './conversation-shape.js';
import { InboxReading } from './inbox-reading.js';
import { messageShape } from './message-shape.js';
import { organisationOf } from './viewpoints.js';

const idForm = /^[A-Za-z0-9._-]{1,100}$/;

@Resolver()
export class NodeResolver {
  constructor(
    private readonly reading: InboxReading,
    private readonly queries: ConversationQueries,
    private readonly contacts: ContactQueries,
    private readonly business: BusinessNodes,
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
      (await this.business.find(principal, id)) ??
      (await this.contact(principal, id)) ??
      (await this.message(principal, id))
    );
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
