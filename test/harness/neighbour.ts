import type { Client } from './client.js';
import { eventually } from './eventually.js';
import type { Subscriber } from './subscriber.js';
import { Talk } from './talk.js';
import { delivery, messagesChange, textItem } from './webhook.js';

/** From the post of a message to its place in its conversation, whatever else is under way. */
const shownWithinMs = 30_000;

const changed = `subscription($id: ID!, $after: Cursor) {
  conversationChanged(id: $id, after: $after) {
    message { content { ... on TextContent { text } } } } }`;

type Change = {
  readonly conversationChanged: {
    readonly message: { readonly content: { readonly text?: string } } | null;
  };
};
type Writes = (words: string) => Promise<Response>;

/** A customer who has nothing to do with what is going on, and writes all along. */
export class Neighbour {
  readonly waitedMs: number[] = [];

  private constructor(
    private readonly talk: Talk,
    private readonly conversationId: string,
    private readonly follow: Subscriber<Change>,
    private readonly posts: Writes,
    private readonly said: string[],
  ) {}

  /** Resolves when the first message is shown. `posts` delivers one as the provider would. */
  static async of(casement: Client, phone: string, posts: Writes): Promise<Neighbour> {
    const talk = new Talk(casement);
    await posts('0');
    const { id, position } = await eventually('a neighbour', () => talk.conversationWith(phone));
    const follow = casement.subscribe<Change>('agent', changed, { id, after: position });
    return new Neighbour(talk, id, follow, posts, ['0']);
  }

  /** On WhatsApp, to the number of the demo. */
  static onWhatsApp(casement: Client, phone: string, timestamp: number): Promise<Neighbour> {
    const { phoneNumberId } = casement.demo.number;
    return Neighbour.of(casement, phone, (words) => {
      const item = { from: phone, id: `wamid.${phone}-${words}`, timestamp, text: words };
      return casement.deliver(delivery([messagesChange(phoneNumberId, [textItem(item)])]));
    });
  }

  /** Resolves when the next message is shown. */
  async writes(): Promise<void> {
    const sinceMs = performance.now();
    const words = `${this.said.length}`;
    const { status } = await this.posts(words);
    if (status !== 200) throw new Error(`a neighbour’s message was answered ${status}`);
    const isShown = () =>
      this.follow.received.some(
        ({ conversationChanged: { message } }) => message?.content.text === words,
      );
    await eventually(`message ${words} of a neighbour`, isShown, shownWithinMs);
    this.said.push(words);
    this.waitedMs.push(performance.now() - sinceMs);
  }

  /** What was written, and what the conversation shows: the same when all is well. */
  async told(): Promise<{
    readonly written: readonly string[];
    readonly shown: readonly unknown[];
  }> {
    await this.follow.close();
    const messages = await this.talk.messages(this.conversationId);
    return { written: this.said, shown: messages.map(({ content }) => content.text) };
  }
}
