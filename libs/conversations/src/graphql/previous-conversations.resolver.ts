import { Inject } from '@nestjs/common';
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { numberId } from '#kernel';
import { connection, Cursors, pageRequest, type List, type PageArguments } from '#edge';
import { numberShape } from '#organisations';
import { VIEWS, type ViewStore } from '#view-store';
import type { EpisodePlace, EpisodeRow } from '../views/reads.js';
import type { ConversationShape } from './conversation-shape.js';
import type { People } from './message-shape.js';

/** What the same two had to say to each other before (R149). */
@Resolver('Conversation')
export class PreviousConversationsResolver {
  constructor(
    private readonly cursors: Cursors,
    @Inject(VIEWS) private readonly views: ViewStore,
  ) {}

  @ResolveField('previousConversations')
  async previousConversations(
    @Parent() { id, startedAt, people }: ConversationShape,
    @Args() { first, after }: Pick<PageArguments, 'first' | 'after'>,
  ) {
    const list: List<EpisodePlace> = {
      name: `conversations before ${id}`,
      cursors: this.cursors,
      organisation: people.organisationId,
      from: 'start',
      place: ([at, conversation]) => [Number(at), String(conversation)],
    };
    const request = pageRequest({ first: first ?? null, after: after ?? null }, list);
    const of = { contactId: people.contact.id, startedAt, conversationId: id };
    const page = await people.reads.previous(of, request);
    const nodes = page.rows.map((row) => summaryShape(row, people));
    const place = (row: EpisodeRow): EpisodePlace => [row.started_at, row.conversation_id];
    return connection(page, nodes, list, place, this.views.position());
  }
}

const summaryShape = (row: EpisodeRow, { organisation }: People) => {
  const number = organisation.numbers.get(numberId(row.number_id));
  return {
    id: row.conversation_id,
    number: number ? numberShape(number) : null,
    lifecycle: row.lifecycle,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    messageCount: row.message_count,
  };
};
