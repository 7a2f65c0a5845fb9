import { randomUUID } from 'node:crypto';
import {
  eventId,
  instant,
  isRejection,
  type CommandContext,
  type DomainEvent,
  type Recorded,
} from '#kernel';
import type { ConversationCommand, ConversationEvent } from '#conversations';
import { conversationDecider } from '#conversations/spec';
import type { EventLog } from '#event-store';

type Thread = typeof conversationDecider.initial;
type Folded = { readonly state: Thread; readonly revision: bigint | null };

const nothing: Folded = { state: conversationDecider.initial, revision: null };

/** The thinnest code that reads, decides and appends: no queue, no retry, nothing is promised. */
export class StraightLoop {
  private readonly kept = new Map<string, Folded>();

  constructor(private readonly log: EventLog) {}

  /** With what is kept in memory. */
  async hot(id: string, command: ConversationCommand, context: CommandContext): Promise<void> {
    const before = this.kept.get(id) ?? (await this.read(id));
    this.kept.set(id, await this.append(id, before, command, context));
  }

  /** Reads the stream first, and keeps nothing. */
  async cold(id: string, command: ConversationCommand, context: CommandContext): Promise<void> {
    await this.append(id, await this.read(id), command, context);
  }

  private async read(id: string): Promise<Folded> {
    let { state, revision } = nothing;
    for await (const event of this.log.readStream(streamOf(id), { direction: 'forwards' })) {
      state = conversationDecider.evolve(state, own(event));
      ({ revision } = event);
    }
    return { state, revision };
  }

  private async append(
    id: string,
    { state, revision }: Folded,
    command: ConversationCommand,
    context: CommandContext,
  ): Promise<Folded> {
    const decision = conversationDecider.decide(state, command);
    if (isRejection(decision)) throw new Error('the command was refused');
    const { at: _, ...envelope } = context;
    const facts = decision.map((event) => ({
      ...event,
      id: eventId(randomUUID()),
      metadata: { ...envelope, recordedAt: instant(Date.now()) },
    }));
    const appended = await this.log.append(streamOf(id), revision ?? 'no-stream', facts);
    const next = decision.reduce(conversationDecider.evolve, state);
    return { state: next, revision: appended.revision };
  }
}

/** The streams hold the decider's own facts and no others. */
const own = (event: Recorded): ConversationEvent => event as DomainEvent as ConversationEvent;

export const streamOf = (id: string): string => `${conversationDecider.name}-${id}`;
