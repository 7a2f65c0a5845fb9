import { setMaxListeners } from 'node:events';
import { comparePositions, type Position } from '#kernel';
import { backoffMs } from '../backoff.js';
import { Conditions } from './conditions.js';
import { DeadlinesRun } from './deadlines-run.js';
import { dispatcherItems, policyItems } from './items.js';
import { keepLease } from './lease.js';
import type { FollowerRun } from './run.js';
import type { FollowerTools, RunFollower, Term } from './tools.js';
import { WorkRun } from './work-run.js';

/** How often a lease that another process holds is asked for, in its life. */
const LEASE_TRIES = 3;

/** One follower for as long as the process lives: takes its lease, runs it, and takes it again. */
export class Attendance {
  readonly #conditions = new Conditions();
  readonly #stopping = new AbortController();
  #run: FollowerRun | null = null;
  #living: Promise<void> = Promise.resolve();

  constructor(
    readonly follower: RunFollower,
    private readonly tools: FollowerTools,
  ) {}

  /** The run under the present lease, if this process holds it. */
  get run(): FollowerRun | null {
    return this.#run;
  }

  start(): void {
    this.#living = this.#live();
  }

  stop(): Promise<void> {
    this.#stopping.abort(new Error('the process stops'));
    return this.#living;
  }

  /** Resolves once this process has followed up to `position`, everything done or parked. */
  passed(position: Position): Promise<void> {
    return this.#conditions.when(() => isAt(this.#run, position));
  }

  /** Resolves once that, and nothing is owed that was due at `nowMs`. */
  settled(position: Position | null, nowMs: number): Promise<void> {
    return this.#conditions.when(
      () =>
        this.#run !== null &&
        (position === null || isAt(this.#run, position)) &&
        !this.#run.isOwing(nowMs),
    );
  }

  async #live(): Promise<void> {
    const { store, timer, chance, owner, limits, notify } = this.tools;
    const { name } = this.follower;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;)
      try {
        const lease = await store.acquireLease(name, owner, limits.leaseMs);
        if (lease === null) await timer.sleep(limits.leaseMs / LEASE_TRIES, signal);
        else await this.#serve(lease.epoch);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        notify({ kind: 'store-failed', follower: name, error });
        await timer.sleep(backoffMs(failures, limits.backoff, chance), signal).catch(() => {});
      }
  }

  /** One term: until the process stops or the lease is lost. */
  async #serve(epoch: number): Promise<void> {
    const { name } = this.follower;
    const [ending, over, renewing] = [
      new AbortController(),
      new AbortController(),
      new AbortController(),
    ];
    // What was set aside waits for it, and that is many: no leak.
    setMaxListeners(0, ending.signal);
    const stop = (): void => ending.abort(this.#stopping.signal.reason);
    this.#stopping.signal.addEventListener('abort', stop);
    if (this.#stopping.signal.aborted) stop();
    const lost = (): void => {
      if (over.signal.aborted) return;
      this.tools.notify({ kind: 'lease-lost', follower: name });
      ending.abort(new Error('the lease is lost'));
      over.abort(new Error('the lease is lost'));
    };
    const moved = (): void => this.#conditions.tell();
    const term: Term = {
      follower: name,
      epoch,
      ending: ending.signal,
      over: over.signal,
      lost,
      moved,
    };
    const renewal = keepLease(name, epoch, lost, renewing.signal, this.tools);
    try {
      this.#run = await open(this.follower, term, this.tools);
      moved();
      await this.#run.follow();
    } finally {
      const isHeld = !over.signal.aborted;
      this.#run = null;
      ending.abort();
      over.abort(new Error('the term is over'));
      this.#stopping.signal.removeEventListener('abort', stop);
      renewing.abort();
      await renewal;
      if (isHeld) await this.tools.store.releaseLease(name, this.tools.owner);
    }
  }
}

const isAt = (run: FollowerRun | null, position: Position): boolean => {
  const at = run?.position ?? null;
  return at !== null && comparePositions(at, position) >= 0;
};

const open = (follower: RunFollower, term: Term, tools: FollowerTools): Promise<FollowerRun> => {
  if (follower.kind === 'deadlines') return DeadlinesRun.open(follower, term, tools);
  const items =
    follower.kind === 'policy' ? policyItems(follower, tools) : dispatcherItems(follower);
  return WorkRun.open(follower, items, term, tools);
};
