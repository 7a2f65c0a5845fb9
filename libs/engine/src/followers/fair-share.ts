import { stableHash } from '#view-store';

/** In so many renewals on end somebody else is to be preferred before a lease is handed over. */
const SEEN_TIMES = 2;

/**
 * Who of those who want a lease should hold it: whoever's name and the lease's hash highest together.
 * Each process comes to the same answer by itself, leases spread evenly, and one that comes or goes
 * moves none but its own.
 */
export const preferred = (lease: string, owners: readonly string[]): string | null => {
  let best: string | null = null;
  for (const owner of owners) if (best === null || isBefore(lease, owner, best)) best = owner;
  return best;
};

const isBefore = (lease: string, one: string, other: string): boolean => {
  const [ofOne, ofOther] = [one, other].map((owner) => stableHash(JSON.stringify([lease, owner])));
  return (ofOne ?? 0) - (ofOther ?? 0) > 0 || (ofOne === ofOther && one < other);
};

/** Says when the lease of an owner is somebody else's, who has wanted it for a while. */
export class FairShare {
  #candidate: string | null = null;
  #seen = 0;

  constructor(
    private readonly lease: string,
    private readonly owner: string,
  ) {}

  /** To whom the lease should go, now that these wait for it; null: nobody, or not yet. */
  to(waiting: readonly string[]): string | null {
    const best = preferred(this.lease, [this.owner, ...waiting]);
    const other = best === this.owner ? null : best;
    this.#seen = other !== null && other === this.#candidate ? this.#seen + 1 : 1;
    this.#candidate = other;
    return this.#seen >= SEEN_TIMES ? other : null;
  }
}
