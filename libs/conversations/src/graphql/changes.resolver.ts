import { Args, Resolver, Subscription } from '@nestjs/graphql';
import {
  conversationId,
  parseConversationId,
  type ConversationId,
  type OrganisationId,
  type Position,
} from '#kernel';
import { CurrentPrincipal, Requires, viewerOf, type Principal } from '#access';
import { Cursors, cancellable, edgeError } from '#edge';
import { Changes, type Change } from '../views/changes.js';
import { concerned } from '../views/feed.projection.js';
import { ConversationQueries } from '../views/conversation-queries.js';
import { eventShape } from './event-shape.js';
import { InboxReading } from './inbox-reading.js';
import { LiveFeeds } from './live-feed.js';
import { LogPlaces } from './log-places.js';
import { organisationOf } from './viewpoints.js';
import { ConversationFilter } from './inputs.js';
import { SharedReads } from './shared-reads.js';
import { Sightings } from './sightings.js';

/** Changes whose place in a filter is kept for others with the same filter. */
const sharedMax = 2_000;
/** Changes that are kept as they are told, for those who are told of them at about the same time. */
const toldMax = 256;

@Resolver()
export class ChangesResolver {
  private readonly matched = new SharedReads<boolean>(sharedMax);
  private readonly told = new SharedReads<object | null>(toldMax);
  private readonly feeds = new LiveFeeds();

  constructor(
    private readonly changes: Changes,
    private readonly reading: InboxReading,
    private readonly queries: ConversationQueries,
    private readonly cursors: Cursors,
    private readonly places: LogPlaces,
  ) {}

  @Subscription('inboxChanged')
  @Requires('messages.view')
  async inboxChanged(
    @CurrentPrincipal() principal: Principal,
    @Args('after') after: string | undefined,
    // Optional, never a union: the input pipe finds the class by the declared type alone.
    @Args('filter') filter?: ConversationFilter,
  ) {
    const from = await this.from(principal, after);
    if (filter && Object.keys(filter).length > 0)
      return cancellable((signal) => this.matching(principal, filter, from, signal));
    const follow = (position: Position | null) =>
      cancellable((signal) => this.inbox(principal, position, signal));
    const group = { key: viewerOf(principal), follow, newest: () => this.changes.newest() };
    return this.feeds.reader(group, from);
  }

  @Subscription('conversationChanged')
  @Requires('messages.view')
  async conversationChanged(
    @CurrentPrincipal() principal: Principal,
    @Args('id') id: string,
    @Args('after') after: string | undefined,
  ) {
    const from = await this.from(principal, after);
    const named = parseConversationId(id);
    const known = named && (await this.reading.conversation(principal, id));
    if (!known) throw edgeError('NOT_FOUND', 'There is no such conversation.', { field: 'id' });
    const conversation = conversationId(named.thread, named.episode);
    return cancellable((signal) => this.conversation(principal, conversation, from, signal));
  }

  private async *inbox(principal: Principal, after: Position | null, signal: AbortSignal) {
    const viewer = viewerOf(principal);
    const listener = { organisationId: organisationOf(principal), after, conversationId: null };
    for await (const change of this.changes.follow(listener, signal)) {
      const { position } = change;
      const key = `inbox ${viewer} true ${position}`;
      const told = await this.told.read(key, () => this.ofInbox(principal, change, true));
      yield { position, told };
    }
  }

  private async *matching(
    principal: Principal,
    filter: ConversationFilter,
    after: Position | null,
    signal: AbortSignal,
  ) {
    const organisationId = organisationOf(principal);
    const viewer = viewerOf(principal);
    const sightings = new Sightings();
    const listener = { organisationId, after, conversationId: null };
    for await (const change of this.changes.follow(listener, signal)) {
      const matches = await this.matches(organisationId, filter, change);
      if (!sightings.isNews(change.data.conversationId, matches)) continue;
      const key = `inbox ${viewer} ${matches} ${change.position}`;
      const told = await this.told.read(key, () => this.ofInbox(principal, change, matches));
      if (told) yield told;
    }
  }

  /** One object for all who are told of the change and may do the same: so it is executed once. */
  private async ofInbox(principal: Principal, { data, position }: Change, matches: boolean) {
    const id = data.conversationId;
    const conversation = await this.reading.conversationAfter(principal, id, position);
    if (!conversation) return null;
    const cursor = this.cursors.forLog(position, organisationOf(principal));
    return { inboxChanged: { cursor, matches, conversation } };
  }

  private async *conversation(
    principal: Principal,
    conversationId: ConversationId,
    after: Position | null,
    signal: AbortSignal,
  ) {
    const viewer = viewerOf(principal);
    const listener = { organisationId: organisationOf(principal), after, conversationId };
    for await (const change of this.changes.follow(listener, signal)) {
      const key = `conversation ${viewer} ${change.position}`;
      const told = await this.told.read(key, () => this.ofConversation(principal, change));
      if (told) yield told;
    }
  }

  private async ofConversation(principal: Principal, change: Change) {
    const { data, position } = change;
    const id = data.conversationId;
    const conversation = await this.reading.conversationAfter(principal, id, position);
    if (!conversation) return null;
    const { people } = conversation;
    const event = eventShape(change, people, this.cursors);
    const message = await this.messageOf(change, people);
    return { conversationChanged: { cursor: event.cursor, event, conversation, message } };
  }

  /** Whether the changed conversation is in the list: asked once for all with the same filter. */
  private matches(
    organisation: OrganisationId,
    filter: ConversationFilter,
    { data, position }: Change,
  ): Promise<boolean> {
    const key = `${organisation} ${data.conversationId} ${position} ${JSON.stringify(filter)}`;
    return this.matched.read(key, () =>
      this.queries.matches(organisation, filter, data.conversationId),
    );
  }

  private messageOf(
    { data }: Change,
    people: Parameters<InboxReading['message']>[0],
  ): ReturnType<InboxReading['message']> {
    const message = concerned(data);
    return message === null ? Promise.resolve(null) : this.reading.message(people, message);
  }

  private async from(
    principal: Principal,
    after: string | null | undefined,
  ): Promise<Position | null> {
    return typeof after === 'string' ? this.places.read(principal, after) : null;
  }
}
