import type { Position } from '#kernel';
import { Conditions } from './conditions.js';
import { ItemHandling, type Item, type Known, type Outcome } from './item-handling.js';
import { insist } from './insist.js';
import { PartitionedWork } from './partitioned-work.js';
import type { FollowerTools, Term } from './tools.js';

/** What has become of an item. */
export type Settled = Exclude<Outcome, { readonly kind: 'aside' | 'given-up' }>;

type Job =
  | (Item & { readonly finished: (settled: Settled) => void })
  | { readonly kind: 'ask'; readonly key: string; readonly work: () => Promise<void> };

/** Items in, done or parked out: keys, order, retries, waiting aside and the room for more. */
export class Workshop {
  readonly #work: PartitionedWork<Job>;
  readonly #conditions = new Conditions();

  readonly #force = new AbortController();
  private readonly handling: ItemHandling;

  private constructor(
    known: Known,
    private readonly term: Term,
    private readonly tools: FollowerTools,
  ) {
    this.handling = new ItemHandling(term, tools, this.#force.signal, known);
    this.#work = new PartitionedWork((job) => this.#handle(job), tools.limits);
    const end = (): void => {
      void this.#work.stop();
      this.#conditions.tell();
    };
    term.ending.addEventListener('abort', end, { once: true });
    if (term.ending.aborted) end();
  }

  /** Asks the store which keys are blocked and what is never worked again, and opens. */
  static async open(
    checkpoint: Position | null,
    term: Term,
    tools: FollowerTools,
  ): Promise<Workshop> {
    const { store } = tools;
    const { follower } = term;
    const blocked = await insist(() => store.blockedKeys(follower), term, tools);
    const skipped = await insist(() => store.skippedAfter(follower, checkpoint), term, tools);
    return new Workshop({ blocked, skipped }, term, tools);
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

  unblock(key: string): void {
    this.handling.unblock(key);
  }

  /** `finished` is called once the item is done or parked; never when the term ends before. */
  add(item: Item, finished: (settled: Settled) => void): void {
    this.#work.add({ ...item, finished });
  }

  /** Does something in the lane of a key, so that nothing else of the key is worked meanwhile. */
  ask(key: string, work: () => Promise<void>): void {
    this.#work.add({ kind: 'ask', key, work });
  }

  /** Works an item from within the lane of a key; `waitedFor` when it is the one that blocks it. */
  work(item: Item, waitedFor: boolean): Promise<Outcome> {
    return waitedFor ? this.handling.retry(item) : this.handling.handle(item);
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
    if (job.kind === 'ask') await this.#answer(job.work);
    else await this.#handleItem(job);
    this.#conditions.tell();
    this.term.moved();
  }

  async #handleItem(job: Exclude<Job, { readonly kind: 'ask' }>): Promise<void> {
    const outcome = await this.handling.handle(job);
    if (outcome.kind === 'aside') void this.#comeBack(job, outcome.retryDelayMs);
    else if (outcome.kind !== 'given-up') job.finished(outcome);
  }

  /** What cannot be done now stays asked: it is looked for again. */
  async #answer(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.term.ending.aborted)
        this.tools.notify({ kind: 'store-failed', follower: this.term.follower, error });
    }
  }

  /** Back to the end of its key's lane, so that the key still sees one item at a time. */
  async #comeBack(job: Job, delayMs: number): Promise<void> {
    try {
      await this.tools.timer.sleep(delayMs, this.term.ending);
      this.#work.addAgain(job);
    } catch {
      // The term is ending: the checkpoint stands before the item, and the next term begins with it.
    }
  }
}
