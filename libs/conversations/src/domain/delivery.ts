import type { Instant } from '#kernel';
import type { ConversationEvent, MessageReceiptReceived, Receipt } from './events.js';
import type { ClosedWindowReason, Failure } from './failure.js';

/** In the order in which they are shown: the highest ever seen of the latest attempt. */
export const messageStatuses = [
  'PENDING',
  'NOT_CONFIRMED',
  'SENT',
  'FAILED',
  'DELIVERED',
  'READ',
] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/**
 * Where the latest attempt of a message stands. WAITING has not been started; STARTED is with a
 * dispatcher; DEFERRED waits for its retry; the others are settled as far as we are concerned.
 */
export type Phase =
  'WAITING' | 'STARTED' | 'DEFERRED' | 'ACCEPTED' | 'REJECTED' | 'UNKNOWN' | 'ARRIVED';

export type StatusTime = { readonly status: MessageStatus; readonly at: Instant };

/** How far a message to the customer got. JSON: it stands in the view as it is. */
export type Delivery = {
  /** From 1; grows when a person has a message sent again, and with each retry. */
  readonly attempt: number;
  /** How many there have been: an earlier one may count again, and still hear of those after it. */
  readonly attempts: number;
  readonly phase: Phase;
  readonly startedAt: Instant | null;
  readonly dispatchId: string | null;
  /** When the provider was first known to have it; null while it is not known to. */
  readonly acceptedAt: Instant | null;
  /** Whether it is sent again though an earlier attempt may have arrived. */
  readonly isResent: boolean;
  /** How often an unknown attempt was looked for in the provider's list. */
  readonly lookups: number;
  /** Which of those lookups did not find it. */
  readonly absences: readonly number[];
  readonly failure: Failure | null;
  /** The receipts of all attempts, as `<attempt>:<receipt>`. */
  readonly receipts: readonly string[];
  readonly statusTimes: readonly StatusTime[];
};

export const requestedDelivery = (at: Instant): Delivery => ({
  attempt: 1,
  attempts: 1,
  phase: 'WAITING',
  startedAt: null,
  dispatchId: null,
  acceptedAt: null,
  isResent: false,
  lookups: 0,
  absences: [],
  failure: null,
  receipts: [],
  statusTimes: [{ status: 'PENDING', at }],
});

/** A message that was sent without us: it is on its way, and receipts may say how far it got. */
export const echoedDelivery = (at: Instant): Delivery => ({
  ...requestedDelivery(at),
  phase: 'ARRIVED',
  acceptedAt: at,
  statusTimes: [{ status: 'SENT', at }],
});

export const receiptKey = (attempt: number, receipt: Receipt): string => `${attempt}:${receipt}`;

/** The status that is shown. A receipt outranks what we thought; `read` implies `delivered`. */
export const shownStatus = (delivery: Delivery): MessageStatus => {
  const seen = (receipt: Receipt) =>
    delivery.receipts.includes(receiptKey(delivery.attempt, receipt));
  if (seen('READ')) return 'READ';
  if (seen('DELIVERED')) return 'DELIVERED';
  if (seen('FAILED') || delivery.phase === 'REJECTED') return 'FAILED';
  if (seen('SENT') || delivery.phase === 'ARRIVED') return 'SENT';
  return delivery.phase === 'UNKNOWN' ? 'NOT_CONFIRMED' : 'PENDING';
};

/** Whether a person may say what became of it. */
export const isUnconfirmed = (delivery: Delivery): boolean =>
  shownStatus(delivery) === 'NOT_CONFIRMED';

const bridgeFailedReason: ClosedWindowReason = 'window_expired_bridge_failed';

/** A message in whose place a bridge was to go, once that is known not to have been sent. */
export const bridgeFailed = (delivery: Delivery): Delivery =>
  delivery.failure === null
    ? delivery
    : { ...delivery, failure: { ...delivery.failure, reason: bridgeFailedReason } };

/** Follows the facts of one message. Facts that say nothing of its delivery leave it as it is. */
export const evolveDelivery = (delivery: Delivery, event: ConversationEvent): Delivery => {
  const next = moved(delivery, event);
  return next === delivery ? delivery : withStatusTimes(next, event);
};

const moved = (delivery: Delivery, event: ConversationEvent): Delivery => {
  switch (event.type) {
    case 'MessageFailed':
    case 'BridgeNotSent':
      return { ...delivery, phase: 'REJECTED', failure: event.data.failure };
    case 'MessagePosted':
      return { ...delivery, phase: 'ARRIVED', acceptedAt: event.at };
    case 'BridgeSmsSent':
      return { ...delivery, acceptedAt: delivery.acceptedAt ?? event.at };
    case 'DispatchStarted':
      return {
        ...delivery,
        phase: 'STARTED',
        attempt: event.data.attempt,
        startedAt: event.at,
        dispatchId: event.data.dispatchId,
        lookups: 0,
        absences: [],
        failure: null,
      };
    case 'MessageReceiptReceived':
      return receiptReceived(delivery, event.data);
    case 'DispatchAccepted':
    case 'DispatchRejected':
    case 'DispatchDeferred':
    case 'DispatchRetryDue':
    case 'DispatchOutcomeUnknown':
    case 'SmsLookupDue':
    case 'SmsNotListed':
    case 'DispatchResolved':
      return event.data.attempt === delivery.attempt ? attemptMoved(delivery, event) : delivery;
    default:
      return delivery;
  }
};

type AttemptEvent = Extract<
  ConversationEvent,
  {
    readonly type:
      | 'DispatchAccepted'
      | 'DispatchRejected'
      | 'DispatchDeferred'
      | 'DispatchRetryDue'
      | 'DispatchOutcomeUnknown'
      | 'SmsLookupDue'
      | 'SmsNotListed'
      | 'DispatchResolved';
  }
>;

const attemptMoved = (delivery: Delivery, event: AttemptEvent): Delivery => {
  switch (event.type) {
    case 'DispatchAccepted':
      return { ...delivery, phase: 'ACCEPTED', acceptedAt: delivery.acceptedAt ?? event.at };
    case 'DispatchRejected':
      return { ...delivery, phase: 'REJECTED', failure: event.data.failure };
    case 'DispatchDeferred':
      return { ...delivery, phase: 'DEFERRED' };
    case 'DispatchRetryDue':
      return anotherAttempt(delivery);
    case 'DispatchOutcomeUnknown':
      return { ...delivery, phase: 'UNKNOWN' };
    case 'SmsLookupDue':
      return { ...delivery, lookups: event.data.lookup };
    case 'SmsNotListed':
      return { ...delivery, absences: [...delivery.absences, event.data.lookup] };
    case 'DispatchResolved':
      return event.data.outcome === 'ARRIVED'
        ? { ...delivery, phase: 'ARRIVED', acceptedAt: delivery.acceptedAt ?? event.at }
        : { ...anotherAttempt(delivery), isResent: true };
  }
};

const anotherAttempt = (delivery: Delivery): Delivery => {
  const attempts = delivery.attempts + 1;
  return { ...delivery, phase: 'WAITING', attempt: attempts, attempts };
};

/**
 * A receipt of an attempt that had been given up still says that the customer has the message: while
 * the next attempt is in nobody's hands, the earlier one counts again.
 */
const receiptReceived = (
  delivery: Delivery,
  data: { attempt: number; receipt: Receipt; failure: Failure | null },
): Delivery => {
  const inNobodysHands = delivery.phase === 'WAITING' || delivery.phase === 'DEFERRED';
  const reinstated = data.attempt < delivery.attempt && inNobodysHands && data.receipt !== 'FAILED';
  const current = reinstated
    ? { ...delivery, attempt: data.attempt, phase: 'ACCEPTED' as const }
    : delivery;
  const ofLatest = data.attempt === current.attempt;
  return {
    ...current,
    phase: ofLatest && isOpenPhase(current.phase) ? 'ACCEPTED' : current.phase,
    failure: ofLatest ? (data.failure ?? current.failure) : current.failure,
    receipts: [...current.receipts, receiptKey(data.attempt, data.receipt)],
  };
};

/** Whether a receipt settles the attempt. One that was put off was sent after all: never again. */
const isOpenPhase = (phase: Phase): boolean =>
  phase === 'STARTED' || phase === 'UNKNOWN' || phase === 'DEFERRED';

/** One time for each status, in the order of the statuses: whatever order the receipts came in. */
const withStatusTimes = (delivery: Delivery, event: ConversationEvent): Delivery => {
  // What became of an earlier attempt is no status of this one.
  if (isReceipt(event) && event.data.attempt !== delivery.attempt) return delivery;
  const told = isReceipt(event) ? event.data.receipt : shownStatus(delivery);
  if (delivery.statusTimes.some((time) => time.status === told)) return delivery;
  const statusTimes = [...delivery.statusTimes, { status: told, at: event.at }].sort(
    (a, b) => messageStatuses.indexOf(a.status) - messageStatuses.indexOf(b.status),
  );
  return { ...delivery, statusTimes };
};

const isReceipt = (event: ConversationEvent): event is MessageReceiptReceived =>
  event.type === 'MessageReceiptReceived';
