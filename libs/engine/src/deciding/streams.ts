import type { Decider, DomainEvent, Rejection } from '#kernel';
import { StreamWork, type DecidingTools } from './stream-work.js';

/** What streams have in common whatever their decider. */
type AnyWork = { readonly idle: boolean; outdate(): void };

/**
 * The streams that this process works on, the least recently used forgotten first. One stream may be
 * folded by several deciders (another lib may need a small part of it): each keeps its own fold.
 */
export class Streams {
  readonly #streams = new Map<string, Map<object, AnyWork>>();

  constructor(private readonly tools: DecidingTools) {}

  of<State, Command, Event extends DomainEvent, Refused extends Rejection>(
    decider: Decider<State, Command, Event, Refused>,
    id: string,
  ): StreamWork<State, Command, Event, Refused> {
    const stream = `${decider.name}-${id}`;
    const works = this.#streams.get(stream) ?? new Map<object, AnyWork>();
    // Taken out and put back: a map keeps its keys in the order in which they were put.
    this.#streams.delete(stream);
    this.#streams.set(stream, works);
    const appended = (): void => {
      for (const [by, other] of works) if (by !== decider) other.outdate();
    };
    this.#forget(stream);
    return workOf(works, decider, () => new StreamWork(decider, stream, this.tools, appended));
  }

  /** Looks at each stream once at most; one that is being worked on is passed over. */
  #forget(except: string): void {
    let excess = this.#streams.size - this.tools.limits.streamsKept;
    if (excess <= 0) return;
    for (const [stream, works] of this.#streams) {
      if (excess <= 0) return;
      const isBusy = [...works.values()].some(({ idle }) => !idle);
      if (isBusy || stream === except) continue;
      this.#streams.delete(stream);
      excess -= 1;
    }
  }
}

const workOf = <State, Command, Event extends DomainEvent, Refused extends Rejection>(
  works: Map<object, AnyWork>,
  decider: Decider<State, Command, Event, Refused>,
  make: () => StreamWork<State, Command, Event, Refused>,
): StreamWork<State, Command, Event, Refused> => {
  const made = works.get(decider) ?? make();
  works.set(decider, made);
  // The decider is the key, and what stands under it was made with it: the types are its own.
  return made as StreamWork<State, Command, Event, Refused>;
};
