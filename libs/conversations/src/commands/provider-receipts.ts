import { NotYet } from '#kernel';
import type { Receipt } from '../domain/events.js';

/** What a provider's status says, in the words of the domain: the same of WhatsApp and of SMS. */
export const receipts = {
  sent: 'SENT',
  delivered: 'DELIVERED',
  read: 'READ',
  failed: 'FAILED',
} as const satisfies { readonly [status: string]: Receipt };

/** A receipt can overtake our own record of the send: it waits this long for its message. */
const retryDelayMs = 5_000;
const giveUpAfterMs = 10 * 60_000;

/** What to throw when the thread does not know the message that a receipt is of. */
export const receiptOfUnknown = (): NotYet =>
  new NotYet('a receipt of a message that is not known', retryDelayMs, giveUpAfterMs);
