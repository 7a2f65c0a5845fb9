import type { ItemName, ParkedItem } from '#view-store';
import { insist } from './insist.js';
import type { FollowerTools, Term } from './tools.js';

/** What one part of a follower needs of the others, for each parked item that it is about. */
export class OtherParts {
  /** The ids of what has been asked, by the item's place. */
  readonly #asked = new Map<string, number>();

  constructor(
    private readonly term: Term,
    private readonly tools: FollowerTools,
  ) {}

  areAsked(parked: ItemName): boolean {
    return this.#asked.has(placeOf(parked));
  }

  /**
   * Whether the other parts have done what an event asks of them that could not be read before; asks
   * them the first time. Nobody waits for it in a lane: the others may need theirs for what they ask.
   */
  async haveDone(parked: ParkedItem): Promise<boolean> {
    const { store, clock } = this.tools;
    const { part, follower } = this.term;
    if (part.of === 1) return true;
    const place = placeOf(parked);
    const { key, eventId, item, stream, position } = parked;
    const about = { follower, key, eventId, item, stream, position };
    const who = { askedBy: 'another part', askedAtMs: clock.now() };
    const ask = () => store.askParts({ kind: 'afresh', ...about, ...who });
    const id = this.#asked.get(place) ?? (await insist(ask, this.term, this.tools));
    this.#asked.set(place, id);
    const from = { after: id - 1, part: null };
    const look = () => store.requests(follower, 1, from);
    const [standing] = await insist(look, this.term, this.tools);
    if (standing?.id === id) return false;
    this.#asked.delete(place);
    return true;
  }
}

const placeOf = ({ eventId, item }: ItemName): string => JSON.stringify([eventId, item]);
