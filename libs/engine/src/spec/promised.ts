import type { FollowerStore } from '#view-store';

/** One promise of the port. `check` is given a store of its own, and throws an AssertionError. */
export type Promised = {
  readonly name: string;
  readonly check: (store: FollowerStore) => Promise<void>;
};
