import { Conditions } from './conditions.js';
import { ItemHandling, type Item } from './item-handling.js';
import { insist } from './insist.js';
import { PartitionedWork } from './partitioned-work.js';
import type { FollowerTools, Term } from './tools.js';

type Job = Item & { readonly finished: () => void };

/** Items in, done or parked out: keys, order, retries, waiting aside and the room for more. */
export class Workshop {
  readonly #work: PartitionedWork<Job>;
  readonly #conditions = new Conditions();

  readonly #force = new AbortController();
  private readonly handling: ItemHandling;

  private constructor(
    blocked: readonly string[],
    private readonly term: Term,
    private readonly tools: FollowerTools,
  ) {
    this.handling = new ItemHandling(term, tools, this.#force.signal, blocked);
    this.#work = new PartitionedWork((job) => this.#handle(job), tools.limits);
    const end = (): void => {
      void this.#work.stop();
      this.#conditions.tell();
    };
    term.ending.addEventListener('abort', end, { once: true });
    if (term.ending.aborted) end();
  }

  /** Asks the store which keys are blocked, and opens. */
  static async open(term: Term, tools: FollowerTools): Promise<Workshop> {
    const blocked = await insist(() => tools.store.blockedKeys(term.follower), term, tools);
    return new Workshop(blocked, term, tools);
  }

  get inFlight(): number {
    return this.#work.size;
  }

  get aside(): number {
    return this.handling.aside;
  }

  isBlocked(key: string): boolean {
    return this.handling.isBlocked(key);
  }

  block(key: string): void {
    this.handling.block(key);
  }

  /** `finished` is called once the item is done or parked; never when the term ends before. */
  add(item: Item, finished: () => void): void {
    this.#work.add({ ...item, finished });
  }

  /** Resolves when more may be added, or the term is ending. */
  async room(): Promise<void> {
    await this.#work.room();
    const { itemsAside } = this.tools.limits;
    await this.#conditions.when(() => this.term.ending.aborted || this.aside < itemsAside);
  }

  /**
   * Begins nothing more, and resolves once what has begun has ended. After `stopMs` it is told to give
   * up, and after `forcedStopMs` more it is left to itself: its command ids repeat, so that whoever
   * does it again does it once.
   */
  async close(): Promise<void> {
    const { stopMs, forcedStopMs } = this.tools.limits;
    const stopped = this.#work.stop();
    if (await this.#within(this.term.over.aborted ? 0 : stopMs, stopped)) return;
    this.#force.abort(new Error('the follower has to stop'));
    if (await this.#within(forcedStopMs, stopped)) return;
    this.tools.notify({ kind: 'stop-timed-out', follower: this.term.follower });
  }

  async #within(ms: number, ending: Promise<void>): Promise<boolean> {
    const over = new AbortController();
    const ended = ending.then(() => true);
    const late = this.tools.timer.sleep(ms, over.signal).then(
      () => false,
      () => false,
    );
    const inTime = await Promise.race([ended, late]);
    over.abort();
    return inTime;
  }

  async #handle(job: Job): Promise<void> {
    const outcome = await this.handling.handle(job);
    if (outcome.kind === 'aside') void this.#comeBack(job, outcome.retryDelayMs);
    if (outcome.kind === 'settled') job.finished();
    this.#conditions.tell();
    this.term.moved();
  }

  /** Back to the end of its key's lane, so that the key still sees one item at a time. */
  async #comeBack(job: Job, delayMs: number): Promise<void> {
    try {
      await this.tools.timer.sleep(delayMs, this.term.ending);
      this.#work.add(job);
    } catch {
      // The term is ending: the checkpoint stands before the item, and the next term begins with it.
    }
  }
}
