import { comparePositions, type DomainEvent, type Position, type Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { ownEvent } from './brands.js';
import type { Timer } from './ports.js';

export type TailLimits = {
  /** Facts that the ring holds at least; who falls further behind reads a feed instead. */
  readonly factsMin: number;
  /** The ring is cut back to its minimum when it has grown to this: seldom, and by much. */
  readonly factsMax: number;
};

export const tailLimits: TailLimits = { factsMin: 10_000, factsMax: 20_000 };
const reopenDelayMs = 1_000;

/**
 * The newest facts of some streams, for any number of listeners: one subscription to the log for
 * each process. Listeners pull at their own pace; nothing is queued for them, so that a slow one
 * costs nothing. `Event` is what the streams of the prefixes hold.
 */
export class LiveTail<Event extends DomainEvent = DomainEvent> {
  private ring: Recorded<Event>[] = [];
  /** The ring holds every fact after this position; null: from the very beginning. */
  private since: Position | null = null;
  /** Who waits, by the signal that ends their waiting. */
  private readonly waiting = new Map<AbortSignal, () => void>();
  /** Signals that are heard: once each, however often whoever has them waits. */
  private readonly heard = new WeakSet<AbortSignal>();
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: EventLog,
    private readonly timer: Timer,
    private readonly prefixes: readonly string[],
    private readonly limits: TailLimits,
  ) {}

  /** Begins at the end of the log. */
  async start(): Promise<void> {
    this.since = await this.log.head();
    this.following = this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** How many listeners wait for something new. */
  get listeners(): number {
    return this.waiting.size;
  }

  /** The end of the log as far as it has come here; null while nothing has ever been written. */
  newest(): Position | null {
    return this.ring.at(-1)?.position ?? this.since;
  }

  /** Everything after this position is in the ring; null: from the very beginning. */
  reachesBackFrom(): Position | null {
    return this.since;
  }

  /**
   * The facts after a position, oldest first, at most so many of them; null when the ring does not reach
   * back so far.
   */
  after(position: Position | null, countMax: number): readonly Recorded<Event>[] | null {
    if (!this.reachesBackTo(position)) return null;
    const first = position === null ? 0 : this.firstAfter(position);
    return this.ring.slice(first, first + countMax);
  }

  /** True once a fact after `position` is in the ring; false when the signal aborts, or the tail stops. */
  async beyond(position: Position | null, signal: AbortSignal): Promise<boolean> {
    while (!this.hasBeyond(position)) {
      if (signal.aborted || this.stopping.signal.aborted) return false;
      await this.woken(signal);
    }
    return true;
  }

  private hasBeyond(position: Position | null): boolean {
    const newest = this.newest();
    return newest !== null && (position === null || comparePositions(newest, position) > 0);
  }

  private reachesBackTo(position: Position | null): boolean {
    if (this.since === null) return true;
    return position !== null && comparePositions(position, this.since) >= 0;
  }

  private firstAfter(position: Position): number {
    let low = 0;
    let high = this.ring.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.ring[middle]?.position;
      if (at !== undefined && comparePositions(at, position) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted)
      try {
        await this.subscribed(signal);
      } catch {
        // The log says more about its faults than a listener could; the tail only tries again.
        await this.timer.sleep(reopenDelayMs, signal).catch(() => undefined);
      }
    this.wakeAll();
  }

  private async subscribed(signal: AbortSignal): Promise<void> {
    const { prefixes } = this;
    for await (const told of this.log.subscribe({ after: this.newest(), prefixes, signal }))
      if (told.kind === 'event') this.add(ownEvent(told.event));
  }

  private add(recorded: Recorded<Event>): void {
    const { factsMin, factsMax } = this.limits;
    this.ring.push(recorded);
    if (this.ring.length >= factsMax) {
      this.since = this.ring[factsMax - factsMin - 1]?.position ?? this.since;
      this.ring = this.ring.slice(-factsMin);
    }
    this.wakeAll();
  }

  private woken(signal: AbortSignal): Promise<void> {
    if (!this.heard.has(signal)) {
      this.heard.add(signal);
      signal.addEventListener('abort', () => this.wake(signal), { once: true });
    }
    return new Promise((resolve) => {
      const other = this.waiting.get(signal);
      const both = (): void => {
        other?.();
        resolve();
      };
      this.waiting.set(signal, other ? both : resolve);
    });
  }

  private wake(signal: AbortSignal): void {
    const wake = this.waiting.get(signal);
    this.waiting.delete(signal);
    wake?.();
  }

  private wakeAll(): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const wake of all) wake();
  }
}
