import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import { OwnWrites, type OperationContext } from '#edge';
import { InboxReading } from './inbox-reading.js';
import type { AsOf } from './past-moments.js';
import { PastReading } from './past-reading.js';

@Resolver()
export class ConversationResolver {
  constructor(
    private readonly reading: InboxReading,
    private readonly past: PastReading,
    private readonly ownWrites: OwnWrites,
  ) {}

  @Query('conversation')
  @Requires('messages.view')
  async conversation(
    @CurrentPrincipal() principal: Principal,
    @Context() context: OperationContext,
    @Args('id') id: string,
    // No class: an absent one must not come as an empty one. The scalars check all that it has.
    @Args('asOf') asOf?: AsOf | null,
  ) {
    await this.ownWrites.shown(principal, context);
    return asOf
      ? this.past.conversation(principal, id, asOf)
      : this.reading.conversation(principal, id);
  }
}
