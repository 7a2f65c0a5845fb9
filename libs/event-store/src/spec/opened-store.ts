import type { EventStore } from '../port.js';

/** A store under test. `reopen` closes it and opens the same log again, where that is possible. */
export type OpenedStore = {
  readonly store: EventStore;
  readonly reopen?: () => Promise<EventStore>;
  /** Moves the store's clock on, where it is not the wall's. */
  readonly advance?: (ms: number) => void;
  readonly cleanup: () => Promise<void>;
};

export type OpenStore = () => Promise<OpenedStore>;
