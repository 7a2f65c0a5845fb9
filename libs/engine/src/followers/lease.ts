import { DividedOtherwise, LeaseLost, type Division, type Lease } from '#view-store';
import type { LeadershipTools } from './tools.js';

/** Renewed three times in its life, so that one failed renewal loses nothing. */
const RENEWALS = 3;

export type LeaseName = {
  readonly lease: string;
  /** Whose it is, as operators call it. */
  readonly follower: string;
  readonly division: Division | null;
};

/** Asks for a lease; null while another owner holds it. */
export const askFor = (
  { lease, division }: LeaseName,
  { store, owner, limits }: LeadershipTools,
): Promise<Lease | null> =>
  store.acquireLease(lease, owner, limits.leaseMs, ...(division ? [division] : []));

/** A lease that was given to us in `epoch`, by what we asked at `#askedAtMs` of our own clock. */
export class HeldLease {
  #askedAtMs: number;
  #renewing: Promise<void> | null = null;
  #waiting: readonly string[];

  constructor(
    private readonly name: LeaseName,
    readonly given: Lease,
    askedAtMs: number,
    private readonly tools: LeadershipTools,
  ) {
    this.#askedAtMs = askedAtMs;
    this.#waiting = given.waiting;
  }

  /** Who else wanted it when it was renewed last. */
  get waiting(): readonly string[] {
    return this.#waiting;
  }

  /**
   * Whether nobody else can have it: its life is not over since we asked for it. Looks at the clock, for
   * a process that was stopped goes on before its timers tell it how long that was.
   */
  get isSure(): boolean {
    return this.tools.timer.monotonicMs() - this.#askedAtMs < this.tools.limits.leaseMs;
  }

  /** Prolongs it. Throws LeaseLost when it is not ours in this epoch any more, or the store's error. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renew(): Promise<void> {
    const askedAtMs = this.tools.timer.monotonicMs();
    const lease = await askFor(this.name, this.tools).catch((error: unknown) => {
      if (error instanceof DividedOtherwise) return null;
      throw error;
    });
    if (lease?.epoch !== this.given.epoch)
      throw new LeaseLost(`${this.name.lease} is no longer led in epoch ${this.given.epoch}`);
    this.#askedAtMs = askedAtMs;
    this.#waiting = lease.waiting;
  }
}

/**
 * Renews a lease until `signal` aborts, and calls `lost` once it is not ours any more: taken by another
 * owner, given to us anew in another epoch, or not renewed for its whole life. `renewed` after each.
 */
export const keepLease = async (
  lease: HeldLease,
  told: { readonly lost: () => void; readonly renewed: () => void },
  onError: (error: unknown) => void,
  signal: AbortSignal,
  { timer, limits }: LeadershipTools,
): Promise<void> => {
  while (!signal.aborted) {
    await timer.sleep(limits.leaseMs / RENEWALS, signal).catch(() => {});
    if (signal.aborted) return;
    try {
      await lease.renew();
      told.renewed();
    } catch (error) {
      if (error instanceof LeaseLost) return told.lost();
      onError(error);
      if (!lease.isSure) return told.lost();
    }
  }
};
