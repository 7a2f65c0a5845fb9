import {
  threadId,
  type OrganisationId,
  type Position,
  type Recorded,
  type ThreadId,
} from '#kernel';
import { contactDecider, contactsProjection, type ContactEvent, type ContactRow } from '#contacts';
import type { History } from '#engine';
import { organisationDecider, type Organisation, type OrganisationEvent } from '#organisations';
import { MemoryViews, type ReadModel } from '#view-store';
import type { ConversationEvent } from '../domain/events.js';
import { conversationsProjection } from './conversations.projection.js';
import type { InboxRow } from './conversation-queries.js';
import { messagesProjection, type MessageRow } from './messages.projection.js';
import { pastReads } from './past-reads.js';
import type { Reads } from './reads.js';
import { threadsProjection } from './threads.projection.js';

/** Facts of one thread, and of all other threads of its contact, that a look back may read. */
export const pastFactsMax = 20_000;

/** There is more to read than a look back may. */
export class PastTooLong extends Error {
  override readonly name = 'PastTooLong';
}

/** A place in the log, as a question: had this fact been recorded by then? */
export type ByThen = (recorded: Recorded) => boolean;

export type PastConversation = {
  readonly row: InboxRow;
  readonly newest: MessageRow | null;
  readonly organisation: Organisation;
  /** The newest fact of the thread by then. */
  readonly position: Position | null;
  readonly reads: Reads;
};

/** The views that the past is folded into: the very ones that show what is now. */
const readModel: ReadModel = {
  projections: [threadsProjection, conversationsProjection, messagesProjection, contactsProjection],
};
/** Facts that are folded at a time. */
const chunkMax = 500;

/** A conversation as it stood when nothing but the facts `byThen` had been recorded. */
export class Past {
  constructor(
    private readonly history: History,
    private readonly organisationId: OrganisationId,
    private readonly byThen: ByThen,
    private readonly factsMax: number = pastFactsMax,
  ) {}

  /** Null when it had not yet begun. Throws PastTooLong. */
  async conversation(thread: ThreadId, id: string): Promise<PastConversation | null> {
    const tables = new MemoryViews(readModel);
    const position = await this.fold(tables, [this.threadStream(thread)]);
    const conversation = tables
      .rowsOf(conversationsProjection)
      .find((each) => each.conversation_id === id);
    if (!conversation) return null;
    const window = threadId(conversation.window_thread_id);
    if (window !== thread) await this.fold(tables, [this.threadStream(window)]);
    const shared = tables.rowsOf(threadsProjection).find((row) => row.thread_id === window);
    if (!shared) return null;
    await this.fold(tables, [this.contactStream(conversation.contact_id)]);
    const reads = this.reads(tables, [thread, window], conversation.contact_id);
    const { last_message_id: newest } = conversation;
    return {
      row: { ...contactColumns(tables.rowsOf(contactsProjection)[0]), ...shared, ...conversation },
      newest: newest === null ? null : await reads.message(newest),
      organisation: await this.organisation(),
      position,
      reads,
    };
  }

  private reads(tables: MemoryViews, read: readonly ThreadId[], contact: string): Reads {
    return pastReads(
      tables.rowsOf(conversationsProjection),
      tables.rowsOf(messagesProjection),
      async () => {
        const others = new MemoryViews(readModel);
        const threads = await this.threadsOf(contact);
        const streams = threads.filter((each) => !read.includes(each));
        await this.fold(
          others,
          streams.map((each) => this.threadStream(each)),
        );
        return {
          conversations: others.rowsOf(conversationsProjection),
          messages: others.rowsOf(messagesProjection),
        };
      },
    );
  }

  private async organisation(): Promise<Organisation> {
    let state = organisationDecider.initial;
    const stream = `organisation-${this.organisationId}`;
    for await (const recorded of this.upToThen<OrganisationEvent>([stream]))
      state = organisationDecider.evolve(state, recorded);
    return state;
  }

  /** Also those that are the contact's since later: their rows say whose they were then. */
  private async threadsOf(contact: string): Promise<readonly ThreadId[]> {
    let state = contactDecider.initial;
    for await (const recorded of this.history.stream<ContactEvent>(this.contactStream(contact)))
      state = contactDecider.evolve(state, recorded);
    return [...state.threads.values(), ...state.absorbed.threads.keys()];
  }

  /** The position of the last fact that was folded. */
  private async fold(tables: MemoryViews, streams: readonly string[]): Promise<Position | null> {
    let chunk: Recorded[] = [];
    let position: Position | null = null;
    for await (const recorded of this.upToThen<ConversationEvent | ContactEvent>(streams)) {
      ({ position } = recorded);
      chunk.push(recorded);
      if (chunk.length < chunkMax) continue;
      await tables.apply(chunk);
      chunk = [];
    }
    await tables.apply(chunk);
    return position;
  }

  /** The streams' facts by then, one stream after the other. */
  private async *upToThen<Event extends ConversationEvent | ContactEvent | OrganisationEvent>(
    streams: readonly string[],
  ): AsyncGenerator<Recorded<Event>, void> {
    let facts = 0;
    for (const stream of streams)
      for await (const recorded of this.history.stream<Event>(stream)) {
        if (!this.byThen(recorded)) break;
        facts += 1;
        if (facts > this.factsMax) throw new PastTooLong();
        yield recorded;
      }
  }

  private threadStream(thread: ThreadId): string {
    return `conversation-${this.organisationId}-${thread}`;
  }

  private contactStream(contact: string): string {
    return `contact-${this.organisationId}-${contact}`;
  }
}

const contactColumns = (row: ContactRow | undefined) => ({
  profile_name: row?.profile_name ?? null,
  wa_id: row?.wa_id ?? null,
  phone: row?.phone ?? null,
  sms_opted_out: row?.sms_opted_out ?? null,
  sms_unreachable: row?.sms_unreachable ?? null,
});
