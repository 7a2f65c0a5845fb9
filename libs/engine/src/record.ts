import { instant, type CommandContext, type DomainEvent, type Recorded } from '#kernel';
import type { Appended, EventLog } from '#event-store';
import { ownEvent } from './brands.js';
import { derivedEventId } from './derived-ids.js';
import type { Clock } from './ports.js';

/**
 * Writes down what was told to us and is not ours to decide: it is kept whatever came before it. No
 * stream is folded for it, however long it has become.
 */
export class Record {
  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  /** Durable when it resolves. Throws the log's own errors. */
  write(stream: string, event: DomainEvent, context: CommandContext): Promise<Appended> {
    const { at: _, ...metadata } = context;
    const id = derivedEventId(context.commandId, stream, 0);
    const recordedAt = instant(this.clock.now());
    return this.log.append(stream, 'any', [
      { ...event, id, metadata: { ...metadata, recordedAt } },
    ]);
  }

  /** Lets facts of a stream go once they are older than this. Replaces `keepLast`. */
  async keepFor(stream: string, maxAgeSeconds: number): Promise<void> {
    await this.log.setStreamMetadata(stream, { maxAgeSeconds });
  }

  /** Lets go all facts of a stream but the newest `count`, at least one. Replaces `keepFor`. */
  async keepLast(stream: string, count: number): Promise<void> {
    await this.log.setStreamMetadata(stream, { maxCount: count });
  }

  /** The newest fact of a stream, null when it has none. Whoever asks names what it holds. */
  async newest<Event extends DomainEvent>(stream: string): Promise<Recorded<Event> | null> {
    const reading = this.log.readStream(stream, { direction: 'backwards', maxCount: 1 });
    for await (const recorded of reading) return ownEvent(recorded);
    return null;
  }
}
