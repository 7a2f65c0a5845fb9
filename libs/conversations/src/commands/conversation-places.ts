import { Inject, Injectable } from '@nestjs/common';
import {
  parseConversationId,
  type ContactId,
  type ConversationId,
  type OrganisationId,
} from '#kernel';
import { DECIDES, type Decides } from '#engine';
import { conversationDecider } from '../domain/conversation.js';
import { ConversationQueries } from '../views/conversation-queries.js';

/** Where a command about a conversation goes, and whose words it may hold. */
export type ConversationPlace = {
  readonly conversationId: ConversationId;
  /** `<organisation>-<thread>`. */
  readonly id: string;
  readonly contactId: ContactId;
};

/** Finds the thread of what a client names. Another organisation's is not found. */
@Injectable()
export class ConversationPlaces {
  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    private readonly queries: ConversationQueries,
  ) {}

  async of(organisation: OrganisationId, conversation: string): Promise<ConversationPlace | null> {
    const parsed = parseConversationId(conversation);
    if (!parsed) return null;
    const id = `${organisation}-${parsed.thread}`;
    const { contactId } = (await this.decisions.load(conversationDecider, id, { fresh: false }))
      .state;
    return contactId && { conversationId: conversation as ConversationId, id, contactId };
  }

  async ofMessage(
    organisation: OrganisationId,
    message: string,
  ): Promise<ConversationPlace | null> {
    const [row] = await this.queries.messagesById(organisation, [message]);
    return row ? this.of(organisation, row.conversation_id) : null;
  }
}
