import { afterAll, beforeAll, describe } from '@jest/globals';
import type { EventStore } from '../port.js';
import { describeAppending } from './appending.js';
import { describeClosing } from './closing.js';
import { describeFollowing } from './following.js';
import { describeReading } from './reading.js';

/** A store under test. `reopen` closes it and opens the same log again, where that is possible. */
export type OpenedStore = {
  readonly store: EventStore;
  readonly reopen?: () => Promise<EventStore>;
  /** Moves the store's clock on, where it is not the wall's. */
  readonly advance?: (ms: number) => void;
  readonly cleanup: () => Promise<void>;
};

export type OpenStore = () => Promise<OpenedStore>;

/**
 * Every promise of the port, for any implementation. The log may be shared with others and need not
 * be empty: each test keeps to streams of its own.
 */
export const describeEventStore = (name: string, open: OpenStore): void => {
  describe(`${name}, as an event store`, () => {
    let opened: OpenedStore | null = null;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.cleanup();
    });
    const current = (): OpenedStore => {
      if (opened === null) throw new Error('the store has not been opened');
      return opened;
    };
    describeAppending(() => current().store);
    describeReading(current);
    describeFollowing(() => current().store);
    describeClosing(open);
  });
};
