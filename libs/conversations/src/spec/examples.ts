import type { Examples } from '#event-store/spec';
import type { ConversationEvent } from '../domain/events.js';
import {
  accepted,
  badNumber,
  deferred,
  dispatching,
  lookupDue,
  notListed,
  outsideWindow,
  receipt,
  rejected,
  resolved,
  retryDue,
  unknown,
} from './dispatches.js';
import {
  bridgeNotSent,
  bridgeRequested,
  bridgeSent,
  ended,
  failed,
  portalOpened,
  posted,
  read,
  requested,
  started,
  windowOver,
  windowRefused,
  wrote,
} from './facts.js';
import { after, noon } from './people.js';

/** One fact of each type, as it may stand on the log. */
export const conversationExamples: Examples<ConversationEvent> = {
  ConversationStarted: started(noon),
  ConversationEnded: ended(after(1)),
  CustomerMessageReceived: wrote(noon),
  WindowExpired: windowOver(noon),
  WindowRefusedByProvider: windowRefused(after(3), after(2)),
  MessageRequested: requested(after(1)),
  MessageFailed: failed(after(1)),
  MessagePosted: posted(after(1)),
  BridgeRequested: bridgeRequested(after(1)),
  BridgeSmsSent: bridgeSent(after(3), { segments: 1 }),
  BridgeNotSent: bridgeNotSent(after(3), badNumber),
  PortalOpened: portalOpened(after(4)),
  DispatchStarted: dispatching(after(2)),
  DispatchAccepted: accepted(after(3)),
  DispatchRejected: rejected(after(3), outsideWindow),
  DispatchDeferred: deferred(after(3), after(9)),
  DispatchRetryDue: retryDue(after(9)),
  DispatchOutcomeUnknown: unknown(after(3)),
  SmsLookupDue: lookupDue(after(4), 1),
  SmsNotListed: notListed(after(4), 1),
  DispatchResolved: resolved(after(4), 'ARRIVED'),
  MessageReceiptReceived: {
    ...receipt(after(4), 'FAILED', {}, outsideWindow),
    data: {
      ...receipt(after(4), 'FAILED', {}, outsideWindow).data,
      pricing: { billable: false, category: 'service', pricing_model: 'PMP' },
    },
  },
  ConversationRead: read(after(5)),
};
