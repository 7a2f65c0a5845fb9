import { Inject, Injectable } from '@nestjs/common';
import type { OrganisationId, Position } from '#kernel';
import type { Principal } from '#access';
import { VIEWS, type ViewStore } from '#view-store';
import { ConversationQueries, type InboxRow } from '../views/conversation-queries.js';
import type { MessageRow } from '../views/messages.projection.js';
import { conversationShape, type ConversationShape } from './conversation-shape.js';
import { messageShape, type MessageShape, type People } from './message-shape.js';
import { SharedReads } from './shared-reads.js';
import { Viewpoints, organisationOf } from './viewpoints.js';

/** Changes whose conversations are kept for those who are told of them a little later. */
const sharedMax = 2_000;

type Source = {
  readonly row: InboxRow;
  readonly newest: MessageRow | null;
  readonly position: Position | null;
};

/** Reads rows and gives them the shape of the contract, for whoever is asking. */
@Injectable()
export class InboxReading {
  private readonly shared = new SharedReads<Source | null>(sharedMax);

  constructor(
    private readonly queries: ConversationQueries,
    private readonly viewpoints: Viewpoints,
    @Inject(VIEWS) private readonly views: ViewStore,
  ) {}

  async conversation(principal: Principal, id: string): Promise<ConversationShape | null> {
    return this.shaped(principal, await this.source(organisationOf(principal), id));
  }

  /** The same for everybody who is told of the change at `position`: read once, at or after it. */
  async conversationAfter(
    principal: Principal,
    id: string,
    position: Position,
  ): Promise<ConversationShape | null> {
    const organisation = organisationOf(principal);
    const key = `${organisation} ${id} ${position}`;
    const source = await this.shared.read(key, () => this.source(organisation, id));
    return this.shaped(principal, source);
  }

  /** Rows that were read when the views stood at `position`, each with its newest message. */
  async conversations(
    principal: Principal,
    rows: readonly InboxRow[],
    position: Position | null,
  ): Promise<readonly ConversationShape[]> {
    const organisation = organisationOf(principal);
    const ids = rows.flatMap((row) => row.last_message_id ?? []);
    const newest = await this.queries.messagesById(organisation, ids);
    const byId = new Map(newest.map((message) => [message.message_id, message]));
    const surroundings = await this.viewpoints.of(principal, position);
    return rows.map((row) =>
      conversationShape(row, byId.get(row.last_message_id ?? '') ?? null, surroundings),
    );
  }

  async message(people: People, id: string): Promise<MessageShape | null> {
    const [row] = await this.queries.messagesById(people.organisationId, [id]);
    return row ? messageShape(row, people) : null;
  }

  /** Waits until the views show a write; false when they take too long. */
  reached(position: Position | null, withinMs: number): Promise<boolean> {
    return position === null ? Promise.resolve(true) : this.views.reached(position, withinMs);
  }

  /** The position first: what happens while the rows are read is then told to whoever follows it. */
  private async source(organisation: OrganisationId, id: string): Promise<Source | null> {
    const position = this.views.position();
    const row = await this.queries.conversation(organisation, id);
    if (!row) return null;
    const ids = row.last_message_id === null ? [] : [row.last_message_id];
    const [newest] = await this.queries.messagesById(organisation, ids);
    return { row, newest: newest ?? null, position };
  }

  private async shaped(
    principal: Principal,
    source: Source | null,
  ): Promise<ConversationShape | null> {
    if (source === null) return null;
    const { row, newest, position } = source;
    return conversationShape(row, newest, await this.viewpoints.of(principal, position));
  }
}
