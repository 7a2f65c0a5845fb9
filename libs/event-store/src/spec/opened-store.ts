import type { EventStore } from '../port.js';

/** A store under test. `reopen` closes it and opens the same log again, where that is possible. */
export type OpenedStore = {
  readonly store: EventStore;
  readonly reopen?: () => Promise<EventStore>;
  /** Moves the store's clock on, where it is not the wall's. */
  readonly advance?: (ms: number) => void;
  /**
   * The log goes away, in the middle of whatever is asked of it, and comes back. Gives the store to go
   * on with: another, where a store does not outlive its log. Left out where a log cannot go.
   */
  readonly interrupt?: () => Promise<EventStore>;
  readonly cleanup: () => Promise<void>;
};

export type OpenStore = () => Promise<OpenedStore>;
