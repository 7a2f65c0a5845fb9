import { NotYet } from '#kernel';

/** A receipt can overtake our own record of the send: it waits this long for its message. */
const retryDelayMs = 5_000;
const giveUpAfterMs = 10 * 60_000;

/** What to throw when the thread does not know the message that a receipt is of. */
export const receiptOfUnknown = (): NotYet =>
  new NotYet('a receipt of a message that is not known', retryDelayMs, giveUpAfterMs);
