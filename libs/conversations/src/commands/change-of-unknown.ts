import { NotYet } from '#kernel';

/** A change can overtake the message that it changes: it waits this long for it. */
const retryDelayMs = 5_000;
const movedRetryDelayMs = 100;
const giveUpAfterMs = 10 * 60_000;

/** What to throw when nobody knows the message that the customer edited or took back. */
export const changeOfUnknown = (): NotYet =>
  new NotYet('a change of a message that is not known', retryDelayMs, giveUpAfterMs);

/** What to throw when a thread was closed just before: the next try finds the one that it goes on in. */
export const goesOnElsewhere = (): NotYet =>
  new NotYet('the thread has just been closed', movedRetryDelayMs, giveUpAfterMs);
