import { randomUUID } from 'node:crypto';
import type { Client, TokenName } from './client.js';
import { eventually } from './eventually.js';
import type { Said } from './simulator.js';
import { documents, type Conversation, type Message, type Payload } from './shapes.js';

const pageSize = 100;
const pagesMax = 100;

type Page<T> = {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly T[];
};
type Inbox = { readonly conversations: Page<Conversation> & { readonly position: string } };

/** What a customer and a member of the staff do, with the waiting that belongs to it. */
export class Talk {
  constructor(
    private readonly casement: Client,
    private readonly as: TokenName = 'agent',
  ) {}

  /** Where the log stands: for `after`. */
  async position(): Promise<string> {
    const inbox = await this.casement.gql<Inbox>(this.as, documents.inbox, { first: 1 });
    return inbox.conversations.position;
  }

  /** A customer writes; the conversation as soon as it shows the message. */
  async customerWrites(from: string, text: string, said: Said = {}): Promise<Conversation> {
    await this.casement.simulator.writes(from, text, said);
    return eventually(`"${text}" of ${from} in the inbox`, async () => {
      const found = await this.conversationWith(from);
      const messages = found && (await this.messages(found.id));
      const isThere = messages?.some((each) => each.content.text === text);
      // Read again: the first look may have come between two facts of the same moment.
      return isThere && this.conversation(found?.id ?? '');
    });
  }

  /** The newest conversation with a customer. */
  async conversationWith(phone: string): Promise<Conversation | null> {
    const filter = { search: phone };
    const inbox = await this.casement.gql<Inbox>(this.as, documents.inbox, { filter, first: 10 });
    const all = inbox.conversations.nodes.filter(({ contact }) => contact.phone === `+${phone}`);
    return all.find(({ lifecycle }) => lifecycle === 'ACTIVE') ?? all[0] ?? null;
  }

  async conversation(id: string): Promise<Conversation> {
    const found = await this.casement.gql<{ conversation: Conversation | null }>(
      this.as,
      documents.conversation,
      { id },
    );
    if (found.conversation === null) throw new Error(`there is no conversation ${id}`);
    return found.conversation;
  }

  /** The conversation once it is as it should be. */
  conversationThat(
    what: string,
    id: string,
    fits: (conversation: Conversation) => boolean,
  ): Promise<Conversation> {
    return eventually(what, async () => {
      const found = await this.conversation(id);
      return fits(found) && found;
    });
  }

  /** Everything that was said, oldest first. */
  async messages(id: string): Promise<readonly Message[]> {
    const all: Message[] = [];
    let after: string | null = null;
    for (let page = 0; page < pagesMax; page += 1) {
      const { conversation }: { conversation: { messages: Page<Message> } } =
        await this.casement.gql(this.as, documents.messages, { id, first: pageSize, after });
      all.push(...conversation.messages.nodes);
      if (!conversation.messages.pageInfo.hasNextPage) return all;
      after = conversation.messages.pageInfo.endCursor;
    }
    throw new Error('the conversation has no end');
  }

  async sends(
    conversationId: string,
    text: string,
    more: { readonly [name: string]: unknown } = {},
  ): Promise<Payload> {
    const input = { conversationId, text, idempotencyKey: randomUUID(), ...more };
    const { payload } = await this.casement.gql<{ payload: Payload }>(this.as, documents.send, {
      input,
    });
    return payload;
  }

  /** Sends what must be accepted, and resolves with the message. */
  async sendsWell(conversationId: string, text: string): Promise<Message> {
    const { message, refusal } = await this.sends(conversationId, text);
    if (message === null || refusal !== null) throw new Error(JSON.stringify(refusal));
    return message;
  }

  async resolves(
    messageId: string,
    outcome: 'ARRIVED' | 'SEND_AGAIN',
    idempotencyKey: string = randomUUID(),
  ): Promise<Payload> {
    const input = { messageId, outcome, idempotencyKey };
    const { payload } = await this.casement.gql<{ payload: Payload }>(this.as, documents.resolve, {
      input,
    });
    return payload;
  }

  async acts(name: 'markRead' | 'end', conversationId: string): Promise<Payload> {
    const { payload } = await this.casement.gql<{ payload: Payload }>(this.as, documents[name], {
      input: { conversationId },
    });
    return payload;
  }

  async message(conversationId: string, messageId: string): Promise<Message | undefined> {
    return (await this.messages(conversationId)).find(({ id }) => id === messageId);
  }

  /** The message once its status is the one that is waited for. */
  messageThatIs(status: string, conversationId: string, messageId: string): Promise<Message> {
    return eventually(`a message that is ${status}`, async () => {
      const found = await this.message(conversationId, messageId);
      if (found && found.status !== status) throw new Error(`it is ${found.status}`);
      return found;
    });
  }
}
