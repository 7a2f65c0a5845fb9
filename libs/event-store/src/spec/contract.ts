import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeAppending } from './appending.js';
import { describeClosing } from './closing.js';
import { describeContent } from './content.js';
import { describeDeleting } from './deleting.js';
import { describeFollowing } from './following.js';
import { describeInterrupting } from './interrupting.js';
import { describeLongStreams } from './long-streams.js';
import type { OpenStore, OpenedStore } from './opened-store.js';
import { describeRacing } from './racing.js';
import { describeReading } from './reading.js';
import { describeResuming } from './resuming.js';

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
    describeRacing(() => current().store);
    describeContent(() => current().store);
    describeDeleting(() => current().store);
    describeResuming(() => current().store);
    describeReading(current);
    describeFollowing(() => current().store);
    describeLongStreams(() => current().store);
    describeClosing(open);
    describeInterrupting(open);
  });
};
