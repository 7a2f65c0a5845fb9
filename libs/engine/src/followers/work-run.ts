import type { Position, Recorded } from '#kernel';
import { CommitSequence } from './commit-sequence.js';
import { insist } from './insist.js';
import type { Item } from './item-handling.js';
import { bounded, isOurs, type ItemsOf } from './items.js';
import { readLog } from './read-log.js';
import { Requests } from './requests.js';
import type { FollowerRun } from './run.js';
import { Saving } from './saving.js';
import type { FollowerTools, RunFollower, Term } from './tools.js';
import { Workshop } from './workshop.js';

/** A policy or a dispatcher at work: the checkpoint is where everything before is done or parked. */
export class WorkRun implements FollowerRun {
  readonly #saving: Saving;
  #saved: Position | null;
  #moved: Position | null;

  private constructor(
    private readonly what: { readonly follower: RunFollower; readonly itemsOf: ItemsOf },
    private readonly sequence: CommitSequence,
    private readonly workshop: Workshop,
    private readonly term: Term,
    private readonly tools: FollowerTools,
  ) {
    this.#saved = sequence.committed;
    this.#moved = sequence.committed;
    this.#saving = new Saving(() => this.#save(), term, tools);
  }

  static async open(
    follower: RunFollower,
    itemsOf: ItemsOf,
    term: Term,
    tools: FollowerTools,
  ): Promise<WorkRun> {
    const checkpoint = await insist(() => tools.store.checkpoint(term.partName), term, tools);
    const workshop = await Workshop.open(checkpoint, term, tools);
    const sequence = new CommitSequence(checkpoint);
    return new WorkRun({ follower, itemsOf }, sequence, workshop, term, tools);
  }

  get position(): Position | null {
    return this.sequence.committed;
  }

  get inFlight(): number {
    return this.workshop.inFlight;
  }

  get aside(): number {
    return this.workshop.aside;
  }

  isOwing(): boolean {
    return false;
  }

  async follow(): Promise<void> {
    const reader = {
      event: (recorded: Recorded) => this.#take(recorded),
      passed: (position: Position) => this.#begin(position, []),
      caughtUp: () => this.term.moved(),
    };
    const { follower, itemsOf } = this.what;
    const reading = readLog(follower, this.sequence.committed, reader, this.term, this.tools);
    const meaning = { itemsOf, afresh: async (recorded: Recorded) => itemsOf(recorded) };
    const requests = new Requests(meaning, this.workshop, this.term, this.tools);
    await Promise.all([reading, requests.follow()]);
    await this.workshop.close();
    await requests.close();
    await this.#saving.now();
  }

  async #take(recorded: Recorded): Promise<void> {
    await this.workshop.room();
    if (this.term.ending.aborted) return;
    const { itemsPerEvent } = this.tools.limits;
    const asked = bounded(this.what.itemsOf(recorded), recorded, itemsPerEvent);
    const items = asked.flatMap((item) => {
      const placed = this.#behind(recorded.stream, item);
      return isOurs(this.term.part, item) ? [placed] : [];
    });
    this.#begin(recorded.position, items);
  }

  /**
   * A blocked stream (an event of it could not be understood at all) holds whatever follows on it,
   * since nobody knows which keys that event would have named.
   */
  #behind(stream: string, item: Item): Item {
    if (item.kind === 'park' && item.blocking) this.workshop.block(item.key);
    return item.kind === 'do' && this.workshop.isBlocked(stream) ? { ...item, key: stream } : item;
  }

  #begin(position: Position, items: readonly Item[]): void {
    const finished = this.sequence.begin(position, items.length);
    for (const item of items)
      this.workshop.add(item, () => {
        finished();
        this.#tell();
      });
    this.#tell();
  }

  #tell(): void {
    if (this.sequence.committed === this.#moved) return;
    this.#moved = this.sequence.committed;
    this.#saving.moved();
    this.term.moved();
  }

  async #save(): Promise<void> {
    const { partName, epoch } = this.term;
    const position = this.sequence.committed;
    if (position === null || position === this.#saved) return;
    const save = () => this.tools.store.saveCheckpoint(partName, position, epoch);
    await insist(save, this.term, this.tools);
    this.#saved = position;
  }
}
