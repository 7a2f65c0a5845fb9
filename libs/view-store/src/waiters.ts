import { comparePositions, type Position } from '#kernel';

/** Whoever waits for a position at once; whoever comes next is told `false` at once. */
const waitersMax = 10_000;

type Waiter = {
  readonly position: Position;
  readonly settle: (reached: boolean) => void;
};

/** Where something stands, and who waits for it to stand further. */
export class Waiters {
  private readonly waiting = new Set<Waiter>();

  constructor(private current: Position | null) {}

  get position(): Position | null {
    return this.current;
  }

  get waits(): boolean {
    return this.waiting.size > 0;
  }

  /** Moves forwards only, and wakes those who waited for no more. */
  advance(position: Position): void {
    if (this.isReached(position)) return;
    this.current = position;
    for (const waiter of this.waiting) if (this.isReached(waiter.position)) waiter.settle(true);
  }

  /** Stands elsewhere from now on, perhaps further back: a database may have lost what came last. */
  restart(position: Position | null): void {
    if (position === null) this.current = null;
    else {
      if (this.isReached(position)) this.current = position;
      this.advance(position);
    }
  }

  isReached(position: Position): boolean {
    return this.current !== null && comparePositions(this.current, position) >= 0;
  }

  /** True once `position` is reached, false after `timeoutMs` or when nobody may wait any more. */
  wait(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.isReached(position)) return Promise.resolve(true);
    if (timeoutMs <= 0 || this.waiting.size >= waitersMax) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timeout = setTimeout(() => waiter.settle(false), timeoutMs);
      const waiter: Waiter = {
        position,
        settle: (reached) => {
          clearTimeout(timeout);
          this.waiting.delete(waiter);
          resolve(reached);
        },
      };
      this.waiting.add(waiter);
    });
  }

  /** Tells everybody that it will not be reached here. */
  end(): void {
    for (const waiter of this.waiting) waiter.settle(false);
  }
}
