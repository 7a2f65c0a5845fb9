import type { DomainEvent, Position, Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { ownEvent } from './brands.js';
import { spansOf, type Place, type Span } from './spans.js';

/** Reads of the log that one question may have under way: others ask it, too. */
const readsAtOnce = 8;
/** Facts remembered by place; the one that was not asked for the longest is forgotten first. */
const rememberedMax = 5_000;

/**
 * Reads facts by their places in the log: what decided a window, what happened while nobody listened. Whoever
 * asks names the facts that the streams hold which it asks for.
 */
export class History<Event extends DomainEvent = DomainEvent> {
  private readonly remembered = new Map<string, Recorded<Event>>();

  constructor(private readonly log: EventLog) {}

  /** The fact at a revision of a stream, null when there is none. */
  async at(stream: string, revision: bigint): Promise<Recorded<Event> | null> {
    return (await this.all([{ stream, revision }]))[0] ?? null;
  }

  /** The facts at these places, in their order, null where there is none. What follows is read together. */
  async all(places: readonly Place[]): Promise<readonly (Recorded<Event> | null)[]> {
    const found = new Map<string, Recorded<Event>>();
    const unknown = places.filter((place) => {
      const name = nameOf(place);
      const known = this.remembered.get(name);
      if (known) found.set(name, this.remember(name, known));
      return !known;
    });
    const spans = spansOf(unknown);
    const left = spans.values();
    const read = async (): Promise<void> => {
      for (const span of left)
        for await (const recorded of this.span(span)) {
          const name = nameOf(recorded);
          found.set(name, this.remember(name, recorded));
        }
    };
    await Promise.all(Array.from({ length: Math.min(readsAtOnce, spans.length) }, read));
    return places.map((place) => found.get(nameOf(place)) ?? null);
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

  private async *span({ stream, from, to }: Span): AsyncGenerator<Recorded<Event>, void> {
    const maxCount = Number(to - from) + 1;
    const reading = this.log.readStream(stream, { direction: 'forwards', from, maxCount });
    for await (const recorded of reading) if (recorded.revision <= to) yield ownEvent(recorded);
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

const nameOf = ({ stream, revision }: Place): string => `${stream}@${revision}`;
