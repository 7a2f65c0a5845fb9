import type { MessageId } from '#kernel';
import type { Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';

export type DueSmsLookup = Wish<
  'DueSmsLookup',
  { readonly messageId: MessageId; readonly attempt: number }
>;

/** An SMS is looked for this often in the provider's list, then it is left to a person. */
export const smsLookupsMax = 10;

/** It is time to ask the provider's list for an SMS, as long as its outcome is unknown. */
export const dueSmsLookup = (thread: Thread, command: DueSmsLookup): Decision => {
  const { at, messageId, attempt } = command;
  const message = thread.outbound.get(messageId);
  if (message?.channel !== 'SMS' || message.delivery.phase !== 'UNKNOWN') return [];
  if (message.delivery.attempt !== attempt || message.delivery.lookups >= smsLookupsMax) return [];
  const lookup = message.delivery.lookups + 1;
  const data = { conversationId: message.conversationId, messageId, attempt, lookup };
  return [{ type: 'SmsLookupDue', at, data }];
};
