import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Inject } from '@nestjs/common';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import {
  connection,
  Cursors,
  OwnWrites,
  pageRequest,
  type List,
  type OperationContext,
  type PageArguments,
} from '#edge';
import { HISTORY, type History } from '#engine';
import { VIEWS, type ViewStore } from '#view-store';
import {
  ConversationQueries,
  type InboxPlace,
  type MessagePlace,
} from '../views/conversation-queries.js';
import { BridgeEligibilities } from './bridge-eligibility.js';
import type { ConversationShape } from './conversation-shape.js';
import { eventShape } from './event-shape.js';
import { InboxReading } from './inbox-reading.js';
import { organisationOf } from './viewpoints.js';
import { ConversationFilter } from './inputs.js';
import { messageShape, type MessageShape } from './message-shape.js';

@Resolver()
export class ConversationsResolver {
  constructor(
    private readonly reading: InboxReading,
    private readonly queries: ConversationQueries,
    private readonly cursors: Cursors,
    private readonly ownWrites: OwnWrites,
    @Inject(VIEWS) private readonly views: ViewStore,
  ) {}

  @Query('conversations')
  @Requires('messages.view')
  async conversations(
    @CurrentPrincipal() principal: Principal,
    @Context() context: OperationContext,
    @Args() page: PageArguments,
    // Optional, never a union: the input pipe finds the class by the declared type alone.
    @Args('filter') filter?: ConversationFilter,
  ) {
    await this.ownWrites.shown(principal, context);
    const organisation = organisationOf(principal);
    const list: List<InboxPlace> = {
      name: 'conversations',
      cursors: this.cursors,
      organisation,
      from: 'start',
      place: ([lastActivityAt, id]) => [Number(lastActivityAt), String(id)],
    };
    const position = this.views.position();
    const rows = await this.queries.conversations(
      organisation,
      filter ?? {},
      pageRequest(page, list),
    );
    const nodes = await this.reading.conversations(principal, rows.rows, position);
    const place = (row: (typeof rows.rows)[number]): InboxPlace => [
      row.last_activity_at,
      row.conversation_id,
    ];
    return {
      ...connection(rows, nodes, list, place, position),
      position: position && this.cursors.forLog(position, organisation),
    };
  }
}

/** The fields of a conversation that are read only when they are asked for. */
@Resolver('Conversation')
export class ConversationFieldsResolver {
  constructor(
    private readonly cursors: Cursors,
    private readonly eligibilities: BridgeEligibilities,
    @Inject(VIEWS) private readonly views: ViewStore,
  ) {}

  @ResolveField('bridgeEligibility')
  bridgeEligibility(@Parent() conversation: ConversationShape) {
    return this.eligibilities.of(conversation);
  }

  @ResolveField('messages')
  async messages(@Parent() { id, people }: ConversationShape, @Args() page: PageArguments) {
    const list: List<MessagePlace> = {
      name: `messages of ${id}`,
      cursors: this.cursors,
      organisation: people.organisationId,
      from: 'end',
      place: ([sentAt, sort]) => [Number(sentAt), String(sort)],
    };
    const request = pageRequest(page, list);
    const rows = await people.reads.messages(id, request);
    const nodes = rows.rows.map((row) => messageShape(row, people));
    const place = (row: (typeof rows.rows)[number]): MessagePlace => [row.sent_at, row.sort];
    return connection(rows, nodes, list, place, this.views.position());
  }
}

@Resolver('CustomerServiceWindow')
export class WindowResolver {
  constructor(
    private readonly cursors: Cursors,
    @Inject(HISTORY) private readonly history: History,
  ) {}

  @ResolveField('decidedBy')
  async decidedBy(@Parent() { stream, decidedByRevision, people }: ConversationShape['window']) {
    if (decidedByRevision === null) return null;
    const recorded = await this.history.at(stream, BigInt(decidedByRevision));
    return recorded && eventShape(recorded, people, this.cursors);
  }
}

@Resolver('Message')
export class MessageResolver {
  @ResolveField('quoted')
  async quoted(@Parent() { quotedMessageId, people }: MessageShape) {
    const row = quotedMessageId === null ? null : await people.reads.message(quotedMessageId);
    return row && messageShape(row, people);
  }
}
