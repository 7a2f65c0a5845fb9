import { epochMs, instant, type Deadlines, type Instant } from '#kernel';
import type { DueSmsLookup } from '../domain/decisions/due-sms-lookup.js';
import type { ConversationEvent } from '../domain/events.js';
import { toConversation, type ToConversation } from './addressed.js';

/** What the provider has just taken may not stand in its list at once. */
export const firstLookupAfterMs = 5_000;
/** Between two lookups, so that a list that lags is not believed twice for one reason. */
export const nextLookupAfterMs = 60_000;

type Followed = Extract<
  ConversationEvent,
  {
    readonly type:
      | 'DispatchOutcomeUnknown'
      | 'SmsLookupDue'
      | 'DispatchAccepted'
      | 'DispatchRejected'
      | 'DispatchResolved'
      | 'MessageReceiptReceived';
  }
>;

/** Says when to look for an SMS whose outcome is unknown; for any other message it does nothing. */
export const smsLookups: Deadlines<Followed, ToConversation<Omit<DueSmsLookup, 'at'>>> = {
  kind: 'deadlines',
  name: 'sms-lookups',
  streams: ['conversation-'],
  types: [
    'DispatchOutcomeUnknown',
    'SmsLookupDue',
    'DispatchAccepted',
    'DispatchRejected',
    'DispatchResolved',
    'MessageReceiptReceived',
  ],
  schedule: (recorded) => {
    const { messageId, attempt } = recorded.data;
    const key = `${messageId}.${attempt}`;
    const command = toConversation(recorded, { type: 'DueSmsLookup' as const, messageId, attempt });
    const due = (at: Instant, afterMs: number) => [
      { key, due: { at: instant(epochMs(at) + afterMs), command } },
    ];
    if (recorded.type === 'DispatchOutcomeUnknown') return due(recorded.at, firstLookupAfterMs);
    if (recorded.type === 'SmsLookupDue') return due(recorded.at, nextLookupAfterMs);
    return [{ key, due: null }];
  },
};
