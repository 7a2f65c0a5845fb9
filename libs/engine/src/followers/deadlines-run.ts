import type { Deadlines, Position, Recorded } from '#kernel';
import { hasKey, type StoredDeadline } from '#view-store';
import { firstOf } from '../signals.js';
import { Agenda, type AgendaLimits } from './agenda.js';
import { deadlineItems, dueItem, storedDeadline } from './due-codec.js';
import { insist } from './insist.js';
import type { Item } from './item-handling.js';
import { unreadableEvent } from './items.js';
import { readLog } from './read-log.js';
import { Requests } from './requests.js';
import type { FollowerRun } from './run.js';
import { Saving } from './saving.js';
import type { FollowerTools, RunFollower, Term } from './tools.js';
import { Workshop } from './workshop.js';

/** What of a follower's deadlines is in memory: some megabytes, however many there are. */
const agendaLimits: AgendaLimits = { pageSize: 5_000, heldMax: 15_000 };

type Change = { readonly key: string; readonly due: Omit<StoredDeadline, 'key'> | null };

/**
 * Deadlines at work. What the log says of them is stored together with the checkpoint, so that a
 * start reads the nearest ones and not the log; what is due is decided like the items of a policy.
 */
export class DeadlinesRun implements FollowerRun {
  readonly #saving: Saving;
  private readonly agenda: Agenda;
  #unsaved: Change[] = [];
  #position: Position | null;
  #saved: Position | null;
  #caughtUp = false;
  #reading: Promise<void> = Promise.resolve();
  #rescheduled = new AbortController();

  private constructor(
    private readonly deadlines: Deadlines,
    remembered: { readonly agenda: Agenda; readonly checkpoint: Position | null },
    private readonly workshop: Workshop,
    private readonly term: Term,
    private readonly tools: FollowerTools,
  ) {
    this.agenda = remembered.agenda;
    this.#position = remembered.checkpoint;
    this.#saved = remembered.checkpoint;
    this.#saving = new Saving(() => this.#save(), term, tools);
  }

  static async open(deadlines: Deadlines, term: Term, tools: FollowerTools): Promise<DeadlinesRun> {
    const { store } = tools;
    const checkpoint = await insist(() => store.checkpoint(term.partName), term, tools);
    const agenda = new Agenda(agendaLimits, (key) => hasKey(term.part, key));
    const page = agenda.reading();
    agenda.read(await insist(() => store.deadlines(deadlines.name, page), term, tools));
    const workshop = await Workshop.open(checkpoint, term, tools);
    return new DeadlinesRun(deadlines, { agenda, checkpoint }, workshop, term, tools);
  }

  get position(): Position | null {
    return this.#position;
  }

  get inFlight(): number {
    return this.workshop.inFlight;
  }

  get aside(): number {
    return this.workshop.aside;
  }

  isOwing(nowMs: number): boolean {
    return !this.#caughtUp || this.agenda.isOwing(nowMs);
  }

  async follow(): Promise<void> {
    const reader = {
      event: (recorded: Recorded) => this.#take(recorded),
      passed: (position: Position) => this.#passed(position),
      caughtUp: () => this.#ready(),
    };
    const runFollower: RunFollower = this.deadlines;
    const reading = readLog(runFollower, this.#position, reader, this.term, this.tools);
    const meaning = {
      itemsOf: deadlineItems(this.deadlines, this.tools),
      afresh: (recorded: Recorded) => this.#scheduleAgain(recorded),
    };
    const requests = new Requests(meaning, this.workshop, this.term, this.tools);
    await Promise.all([reading, this.#watch(), requests.follow()]);
    await this.workshop.close();
    await requests.close();
    await this.#reading;
    await this.#saving.now();
  }

  async #take(recorded: Recorded): Promise<void> {
    try {
      for (const { key, due } of this.deadlines.schedule(recorded))
        this.#change(key, due && storedDeadline(recorded, key, due));
    } catch (error) {
      if (!(await this.#parked(recorded, error))) return;
    }
    this.#passed(recorded.position);
    // What is not stored yet is held in memory: the reader waits rather than let it grow.
    if (this.#unsaved.length >= this.tools.limits.checkpointEvents) await this.#saving.now();
  }

  /** Whether the event could be parked before the term ended. */
  #parked(recorded: Recorded, error: unknown): Promise<boolean> {
    return new Promise((resolve) => {
      this.term.ending.addEventListener('abort', () => resolve(false), { once: true });
      this.workshop.add(unreadableEvent(recorded, error), () => resolve(true));
    });
  }

  /**
   * What an event that could not be understood says of deadlines, once it can be. What follows it on
   * its stream is read again as well, so that nothing is set back that has moved on since.
   */
  async #scheduleAgain({ stream, revision }: Recorded): Promise<readonly Item[]> {
    const options = { direction: 'forwards', from: revision } as const;
    for await (const recorded of this.tools.log.readStream(stream, options)) {
      if (!this.deadlines.types.includes(recorded.type)) continue;
      for (const { key, due } of this.deadlines.schedule(recorded))
        this.#change(key, due && storedDeadline(recorded, key, due));
      if (this.#unsaved.length >= this.tools.limits.checkpointEvents) await this.#saving.now();
    }
    await this.#saving.now();
    return [];
  }

  #change(key: string, due: StoredDeadline | null): void {
    if (!hasKey(this.term.part, key)) return;
    this.#unsaved.push({ key, due });
    const before = this.agenda.next();
    if (due) this.agenda.set(due);
    else this.agenda.clear(key);
    if (this.agenda.next() !== before) this.#rescheduled.abort();
  }

  #passed(position: Position): void {
    this.#position = position;
    this.#saving.moved();
    this.term.moved();
  }

  /**
   * Nothing falls due before the log has been read to its end once: a fact that is already there may
   * have cleared or moved what the store remembers.
   */
  #ready(): void {
    if (!this.#caughtUp) {
      this.#caughtUp = true;
      this.#rescheduled.abort();
    }
    this.term.moved();
  }

  /** Sleeps until the next deadline, a change of what is next, or the end of the term. */
  async #watch(): Promise<void> {
    while (!this.term.ending.aborted) {
      this.#rescheduled = new AbortController();
      const { signal } = this.#rescheduled;
      if (this.#caughtUp) await this.#decideDue();
      this.#readOn();
      const dueAtMs = this.#caughtUp ? this.agenda.next()?.dueAtMs : undefined;
      await this.#until(dueAtMs ?? Number.MAX_SAFE_INTEGER, signal);
    }
  }

  async #until(dueAtMs: number, rescheduled: AbortSignal): Promise<void> {
    const wake = firstOf(rescheduled, this.term.ending);
    await this.tools.clock.until(dueAtMs, wake.signal);
    wake.abort();
  }

  async #decideDue(): Promise<void> {
    const { clock } = this.tools;
    while (!this.term.ending.aborted) {
      await this.workshop.room();
      const deadline = this.term.ending.aborted ? undefined : this.agenda.take(clock.now());
      if (!deadline) return;
      this.#readOn();
      const isCurrent = (): boolean => this.agenda.isCurrent(deadline);
      const item = dueItem(this.deadlines.name, deadline, isCurrent, this.tools);
      this.workshop.add(item, () => this.#decided(deadline));
    }
  }

  /** Reads the next deadlines while those that are held are being decided. */
  #readOn(): void {
    if (!this.agenda.isShort) return;
    const { store } = this.tools;
    const page = this.agenda.reading();
    const read = async (): Promise<void> => {
      await this.#saving.now();
      const ask = () => store.deadlines(this.deadlines.name, page);
      // Without a page the term is over: whoever leads next reads it.
      this.agenda.read(await insist(ask, this.term, this.tools).catch(() => null));
      this.#rescheduled.abort();
      this.term.moved();
    };
    this.#reading = read();
  }

  #decided(deadline: StoredDeadline): void {
    if (this.agenda.isCurrent(deadline)) this.#change(deadline.key, null);
    this.agenda.settle(deadline);
    this.#saving.moved();
    this.term.moved();
  }

  async #save(): Promise<void> {
    const position = this.#position;
    const changes = this.#unsaved;
    if (position === null || (position === this.#saved && changes.length === 0)) return;
    this.#unsaved = [];
    const { store } = this.tools;
    const { name } = this.deadlines;
    const { partName, epoch } = this.term;
    const save = () => store.saveDeadlines(name, changes, position, epoch, partName);
    await insist(save, this.term, this.tools);
    this.#saved = position;
  }
}
