import { Inject, Injectable } from '@nestjs/common';
import {
  conversationId,
  parseConversationId,
  type ContactId,
  type ConversationId,
  type NumberId,
  type OrganisationId,
  type ThreadId,
} from '#kernel';
import { DECIDES, type Decides } from '#engine';
import { conversationDecider } from '../domain/conversation.js';

/** Where a command about a conversation goes, and whose words it may hold. */
export type ConversationPlace = {
  readonly conversationId: ConversationId;
  /** `<organisation>-<thread>`. */
  readonly id: string;
  readonly contactId: ContactId;
  readonly numberId: NumberId;
};

/** Finds the thread of what a client names. Another organisation's is not found. */
@Injectable()
export class ConversationPlaces {
  constructor(@Inject(DECIDES) private readonly decisions: Decides) {}

  async of(organisation: OrganisationId, conversation: string): Promise<ConversationPlace | null> {
    const parsed = parseConversationId(conversation);
    if (!parsed) return null;
    const id = `${organisation}-${parsed.thread}`;
    const loaded = await this.decisions.load(conversationDecider, id, { fresh: false });
    const { contactId, numberId } = loaded.state;
    const named = conversationId(parsed.thread, parsed.episode);
    return contactId && numberId && { conversationId: named, id, contactId, numberId };
  }

  /** The conversation that goes on in a thread; null when none does. */
  async current(organisation: OrganisationId, thread: ThreadId): Promise<ConversationId | null> {
    const id = `${organisation}-${thread}`;
    const { state } = await this.decisions.load(conversationDecider, id, { fresh: false });
    return state.episode?.lifecycle === 'ACTIVE' ? state.episode.conversationId : null;
  }
}
