import { epochMs, instant, type Deadlines, type Instant } from '#kernel';
import type { GiveUpDispatch } from '../domain/decisions/give-up-dispatch.js';
import type { RetryDispatch } from '../domain/decisions/retry-dispatch.js';
import type { ConversationEvent } from '../domain/events.js';
import { toConversation, type ToConversation } from './addressed.js';

/**
 * How long a dispatch may stay without an outcome before it is held to be unknown: longer than any
 * call can take, so that its own dispatcher has spoken unless it is gone.
 */
export const reconcileTimeMs = 120_000;

type Followed = Extract<
  ConversationEvent,
  {
    readonly type:
      | 'DispatchStarted'
      | 'DispatchAccepted'
      | 'DispatchRejected'
      | 'DispatchDeferred'
      | 'DispatchRetryDue'
      | 'DispatchOutcomeUnknown'
      | 'MessageReceiptReceived';
  }
>;
type Due = Omit<GiveUpDispatch, 'at'> | Omit<RetryDispatch, 'at'>;

/** Tries deferred messages again and gives up dispatches whose dispatcher is gone. */
export const dispatchDeadlines: Deadlines<Followed, ToConversation<Due>> = {
  kind: 'deadlines',
  name: 'dispatch-deadlines',
  streams: ['conversation-'],
  types: [
    'DispatchStarted',
    'DispatchAccepted',
    'DispatchRejected',
    'DispatchDeferred',
    'DispatchRetryDue',
    'DispatchOutcomeUnknown',
    'MessageReceiptReceived',
  ],
  schedule: (recorded) => {
    const { messageId, attempt } = recorded.data;
    const key = `${messageId}.${attempt}`;
    const due = (at: Instant, type: Due['type']) => [
      { key, due: { at, command: toConversation(recorded, { type, messageId, attempt }) } },
    ];
    if (recorded.type === 'DispatchStarted')
      return due(instant(epochMs(recorded.at) + reconcileTimeMs), 'GiveUpDispatch');
    if (recorded.type === 'DispatchDeferred') return due(recorded.data.retryAt, 'RetryDispatch');
    return [{ key, due: null }];
  },
};
