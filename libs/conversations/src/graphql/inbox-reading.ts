import { Inject, Injectable } from '@nestjs/common';
import { organisationId, type OrganisationId, type Position } from '#kernel';
import type { Principal } from '#access';
import { Cursors } from '#edge';
import { CLOCK, type Clock } from '#engine';
import { OrganisationDirectory } from '#organisations';
import { VIEWS, type ViewStore } from '#view-store';
import { ConversationQueries, type InboxRow } from '../views/conversation-queries.js';
import { conversationShape, type ConversationShape } from './conversation-shape.js';
import { messageShape, type MessageShape, type People } from './message-shape.js';

/** Reads rows and gives them the shape of the contract, for whoever is asking. */
@Injectable()
export class InboxReading {
  constructor(
    private readonly queries: ConversationQueries,
    private readonly organisations: OrganisationDirectory,
    private readonly cursors: Cursors,
    @Inject(VIEWS) private readonly views: ViewStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async conversation(principal: Principal, id: string): Promise<ConversationShape | null> {
    const row = await this.queries.conversation(organisationOf(principal), id);
    if (!row) return null;
    const [shape] = await this.conversations(principal, [row]);
    return shape ?? null;
  }

  /** The rows in their order, each with its newest message. */
  async conversations(
    principal: Principal,
    rows: readonly InboxRow[],
  ): Promise<readonly ConversationShape[]> {
    const organisation = organisationOf(principal);
    const ids = rows.flatMap((row) => row.last_message_id ?? []);
    const newest = await this.queries.messagesById(organisation, ids);
    const byId = new Map(newest.map((message) => [message.message_id, message]));
    const surroundings = {
      organisation: await this.organisations.load(organisation),
      principal,
      nowMs: this.clock.now(),
      position: this.position(organisation),
    };
    return rows.map((row) =>
      conversationShape(row, byId.get(row.last_message_id ?? '') ?? null, surroundings),
    );
  }

  async message(people: People, id: string): Promise<MessageShape | null> {
    const [row] = await this.queries.messagesById(people.organisationId, [id]);
    return row ? messageShape(row, people) : null;
  }

  /** The log's place that the views show now, as a cursor. */
  position(organisation: OrganisationId): string | null {
    const position = this.views.position();
    return position === null ? null : this.cursors.forLog(position, organisation);
  }

  /** Waits until the views show a write; false when they take too long. */
  reached(position: Position | null, withinMs: number): Promise<boolean> {
    return position === null ? Promise.resolve(true) : this.views.reached(position, withinMs);
  }
}

export const organisationOf = (principal: Principal): OrganisationId =>
  organisationId(principal.organisationId);
