import type { MessageId } from '#kernel';
import type { ConversationEvent } from '../events.js';
import type { Thread } from '../thread.js';
import type { Decision, Wish } from './decision.js';

export type RecordSmsAbsence = Wish<
  'RecordSmsAbsence',
  { readonly messageId: MessageId; readonly attempt: number; readonly lookup: number }
>;

/** The list lags behind: only what is absent from it twice was not taken. */
const absencesUntilResent = 2;

/**
 * The provider's list does not have an SMS whose outcome is unknown. The second time it is sent once
 * more; should that end as unknown, too, it is for a person to settle.
 */
export const recordSmsAbsence = (thread: Thread, command: RecordSmsAbsence): Decision => {
  const { at, messageId, attempt, lookup } = command;
  const message = thread.outbound.get(messageId);
  if (!message) return [];
  const { delivery } = message;
  if (delivery.phase !== 'UNKNOWN' || delivery.attempt !== attempt) return [];
  if (delivery.lookups !== lookup || delivery.absences.includes(lookup)) return [];
  const of = { conversationId: message.conversationId, messageId, attempt };
  const notListed: ConversationEvent = { type: 'SmsNotListed', at, data: { ...of, lookup } };
  const isAbsent = delivery.absences.length + 1 >= absencesUntilResent && !delivery.isResent;
  const resolved = { ...of, outcome: 'SEND_AGAIN', request: null } as const;
  return isAbsent ? [notListed, { type: 'DispatchResolved', at, data: resolved }] : [notListed];
};
