import { setMaxListeners } from 'node:events';
import { DividedOtherwise, LeaseLost } from '#view-store';
import { backoffMs } from '../backoff.js';
import { FairShare } from './fair-share.js';
import { askFor, HeldLease, keepLease, type LeaseName } from './lease.js';
import type { LeadershipTools, Tenure } from './tools.js';

/** How often a lease that another process holds is asked for, in its life. */
const LEASE_TRIES = 3;

/**
 * A lease for as long as the process lives: takes it, has it served, hands it over when somebody else
 * should have it, and asks for it again.
 */
export class Leadership {
  readonly #stopping = new AbortController();
  #living: Promise<void> = Promise.resolve();
  /** Whether the store may still know us as one who wants the lease. */
  #waits = false;
  /** Whether it has been told that another process divides the follower otherwise, and goes on so. */
  #isTold = false;

  constructor(
    private readonly name: LeaseName,
    /** Resolves once nothing is done any more under the lease. */
    private readonly serve: (tenure: Tenure) => Promise<void>,
    private readonly tools: LeadershipTools,
  ) {}

  start(): void {
    this.#living = this.#live();
  }

  /** Ends what is served, and lets the lease go. */
  stop(): Promise<void> {
    this.#stopping.abort(new Error('the process stops'));
    return this.#living;
  }

  async #live(): Promise<void> {
    const { store, owner, timer, chance, limits, notify } = this.tools;
    const { signal } = this.#stopping;
    const { follower } = this.name;
    for (let failures = 0; !signal.aborted;)
      try {
        if (!(await this.#lead())) await timer.sleep(limits.leaseMs / LEASE_TRIES, signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        notify({ kind: 'store-failed', follower, error });
        await timer.sleep(backoffMs(failures, limits.backoff, chance), signal).catch(() => {});
      }
    // Whoever holds the lease must not hand it to us any more. What cannot be told passes by itself.
    if (this.#waits) await store.releaseLease(this.name.lease, owner).catch(() => {});
  }

  /** One term, if the lease can be had. */
  async #lead(): Promise<boolean> {
    const askedAtMs = this.tools.timer.monotonicMs();
    try {
      const given = await askFor(this.name, this.tools);
      this.#waits = given === null;
      this.#isTold = false;
      if (given === null) return false;
      await this.#serve(new HeldLease(this.name, given, askedAtMs, this.tools));
      return true;
    } catch (error) {
      if (!(error instanceof DividedOtherwise)) throw error;
      if (!this.#isTold)
        this.tools.notify({ kind: 'divided-otherwise', follower: this.name.follower, error });
      this.#isTold = true;
      return false;
    }
  }

  /** Until the process stops, the lease is lost, or it is somebody else's turn. */
  async #serve(lease: HeldLease): Promise<void> {
    const { store, owner, limits, notify } = this.tools;
    const { lease: name, follower } = this.name;
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
      notify({ kind: 'lease-lost', follower });
      ending.abort(new Error('the lease is lost'));
      over.abort(new Error('the lease is lost'));
    };
    const share = new FairShare(name, owner);
    let to: string | null = null;
    const renewed = (): void => {
      to = share.to(lease.waiting);
      if (to !== null) ending.abort(new Error('the lease is handed over'));
    };
    const failed = (error: unknown): void => notify({ kind: 'store-failed', follower, error });
    const renewal = keepLease(lease, { lost, renewed }, failed, renewing.signal, this.tools);
    const sure = sureOf(lease, lost);
    const { epoch } = lease.given;
    try {
      await this.serve({ epoch, ending: ending.signal, over: over.signal, lost, sure });
    } finally {
      const isHeld = !over.signal.aborted;
      ending.abort();
      over.abort(new Error('the term is over'));
      this.#stopping.signal.removeEventListener('abort', stop);
      renewing.abort();
      await renewal;
      if (isHeld && to !== null) await store.handOverLease(name, owner, to, limits.leaseMs);
      else if (isHeld) await store.releaseLease(name, owner);
    }
  }
}

/** A lease whose life is over and that cannot be prolonged is lost, whatever the reason. */
const sureOf = (lease: HeldLease, lost: () => void) => async (): Promise<void> => {
  if (lease.isSure) return;
  try {
    await lease.renew();
  } catch (error) {
    lost();
    throw error instanceof LeaseLost ? error : new LeaseLost('not renewed', { cause: error });
  }
};
