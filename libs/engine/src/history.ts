import type { DomainEvent, Position, Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { ownEvent } from './brands.js';

/** Facts remembered by place; the one that was not asked for the longest is forgotten first. */
const rememberedMax = 5_000;

/**
 * Reads single facts of the log: what decided a window, what happened while nobody listened. Whoever
 * asks names the facts that the streams hold which it asks for.
 */
export class History<Event extends DomainEvent = DomainEvent> {
  private readonly remembered = new Map<string, Recorded<Event>>();

  constructor(private readonly log: EventLog) {}

  /** The fact at a revision of a stream, null when there is none. */
  async at(stream: string, revision: bigint): Promise<Recorded<Event> | null> {
    const place = `${stream}@${revision}`;
    const known = this.remembered.get(place);
    if (known) return this.remember(place, known);
    const reading = this.log.readStream(stream, {
      direction: 'forwards',
      from: revision,
      maxCount: 1,
    });
    for await (const recorded of reading)
      return recorded.revision === revision ? this.remember(place, ownEvent(recorded)) : null;
    return null;
  }

  /** All facts of a stream, which are its own, oldest first; whoever reads on has the next page read. */
  async *stream<Own extends DomainEvent = Event>(
    stream: string,
  ): AsyncGenerator<Recorded<Own>, void> {
    for await (const recorded of this.log.readStream(stream, { direction: 'forwards' }))
      yield ownEvent<Recorded<Own>>(recorded);
  }

  /** The end of the log; null while it is empty. */
  head(): Promise<Position | null> {
    return this.log.head();
  }

  private remember(place: string, recorded: Recorded<Event>): Recorded<Event> {
    this.remembered.delete(place);
    this.remembered.set(place, recorded);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > rememberedMax && oldest !== undefined)
      this.remembered.delete(oldest);
    return recorded;
  }
}
