import {
  instant,
  type Dispatcher,
  type OrganisationId,
  type Recorded,
  type StreamRevision,
} from '#kernel';
import type { CallTerms } from '#channels/http';
import { inTime, type Chance, type Clock, type Decides, type Timer } from '#engine';
import type { ReadTerms } from '../domain/bridge.js';
import type { ConversationCommand } from '../domain/conversation.js';
import { conversationDecider } from '../domain/conversation.js';
import type { Withdrawals } from '../domain/template-withdrawal.js';
import type { DispatchOutcome } from '../domain/decisions/record-dispatch-outcome.js';
import type { StartNextDispatch } from '../domain/decisions/start-next-dispatch.js';
import type {
  BridgeRequested,
  ConversationEvent,
  DispatchOutcomeUnknown,
  DispatchResolved,
  DispatchRetryDue,
  DispatchStarted,
  MessageReceiptReceived,
  MessageRequested,
} from '../domain/events.js';
import type { Thread } from '../domain/thread.js';
import { threadOf } from './addressed.js';
import type { BridgeTermsSource } from './bridge-terms-source.js';
import { systemContext } from './system-context.js';

/** The facts after which there may be something to send. */
export type ToSend =
  | MessageRequested
  | BridgeRequested
  | DispatchRetryDue
  | DispatchResolved
  | DispatchOutcomeUnknown
  | MessageReceiptReceived;

/** After this long on the monotonic clock no first byte of a call is sent any more. */
export const callStartsWithinMs = 30_000;
/** A call that has no answer by then is given up; its outcome is unknown. */
export const callTimeoutMs = 20_000;
/** How many messages of a thread are sent for one fact; the rest follow with the next fact. */
const messagesPerFactMax = 1_000;

/** A message that this dispatcher, and nobody else, is to send. */
export type Started = {
  readonly organisationId: OrganisationId;
  /** The thread as it was when the dispatch was started. */
  readonly thread: Thread;
  readonly dispatch: DispatchStarted['data'];
  /** The fact that led to it, for whatever has to be decided on the way. */
  readonly recorded: Recorded;
};

/** How messages of one channel leave. Never throws: whatever happens is an outcome. */
export type WayOut = {
  readonly channel: StartNextDispatch['channel'];
  /** The dispatcher's name: its checkpoint and its lease hang on it. */
  readonly name: string;
  readonly send: (started: Started, terms: CallTerms) => Promise<DispatchOutcome>;
  /** What has become of the templates that wait in the fact's thread, at the fact or later. */
  readonly withdrawals: (recorded: Recorded<ToSend>) => Promise<Withdrawals>;
};

export type ThreadDispatch = {
  readonly decisions: Decides;
  readonly bridgeTerms: BridgeTermsSource;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly chance: Chance;
};

/**
 * Sends what waits in a thread for one channel, one message after the other: the intent is written,
 * then the call is made, then its outcome is written. Whoever did not write the intent never calls.
 */
export const threadDispatcher = (ports: ThreadDispatch, wayOut: WayOut): Dispatcher<ToSend> => ({
  kind: 'dispatcher',
  name: wayOut.name,
  streams: ['conversation-'],
  types: [
    'MessageRequested',
    'BridgeRequested',
    'DispatchRetryDue',
    'DispatchResolved',
    'DispatchOutcomeUnknown',
    'MessageReceiptReceived',
  ],
  key: ({ stream }) => stream,
  dispatch: async (recorded, signal) => {
    if (await nothingWaits(ports, wayOut, recorded)) return;
    for (let sent = 0; sent < messagesPerFactMax; sent += 1)
      if (!(await sendNext(ports, wayOut, recorded, signal))) return;
  },
});

/** Most facts are let go without a decision: those of another channel, and receipts that free nothing. */
const nothingWaits = async (
  { decisions }: ThreadDispatch,
  { channel }: WayOut,
  recorded: Recorded<ToSend>,
): Promise<boolean> => {
  if (recorded.type === 'MessageRequested') return recorded.data.channel !== channel;
  if (recorded.type === 'BridgeRequested') return channel !== 'SMS';
  if (recorded.type !== 'MessageReceiptReceived') return false;
  const { state } = await decisions.load(conversationDecider, threadOf(recorded), { fresh: false });
  return !state.waiting.some((id) => state.outbound.get(id)?.channel === channel);
};

/** False when nothing of the thread is to be sent now. */
const sendNext = async (
  ports: ThreadDispatch,
  wayOut: WayOut,
  recorded: Recorded<ToSend>,
  signal: AbortSignal,
): Promise<boolean> => {
  if (signal.aborted) return false;
  const dispatchId = ports.chance.uuid();
  const startBeforeMs = ports.timer.monotonicMs() + callStartsWithinMs;
  const { channel } = wayOut;
  const { templates, basis } = await wayOut.withdrawals(recorded);
  const start: Wished = (at, { terms }) => {
    return { type: 'StartNextDispatch', at, channel, dispatchId, terms, templates };
  };
  const decided = await decide(ports, wayOut, recorded, start, basis);
  const started = decided?.kind === 'accepted' && startedBy(decided.events, dispatchId);
  if (!decided || !started) return false;
  const { organisationId } = recorded.metadata;
  const { data: dispatch } = started;
  const own: Started = { organisationId, thread: decided.state, dispatch, recorded };
  const limit = { timer: ports.timer, withinMs: callStartsWithinMs + callTimeoutMs, signal };
  const outcome = await inTime(limit, (signal) => wayOut.send(own, { startBeforeMs, signal }));
  const { messageId, attempt } = dispatch;
  await decide(ports, wayOut, recorded, (at, { terms }) => ({
    type: 'RecordDispatchOutcome',
    at,
    messageId,
    attempt,
    outcome,
    terms,
  }));
  return true;
};

const startedBy = (
  events: readonly ConversationEvent[],
  dispatchId: string,
): DispatchStarted | undefined =>
  events.find(
    (event): event is DispatchStarted =>
      event.type === 'DispatchStarted' && event.data.dispatchId === dispatchId,
  );

type Wished = (at: ConversationCommand['at'], terms: ReadTerms) => ConversationCommand;

/** Asks the thread; undefined when there is no such thread. */
const decide = async (
  { decisions, bridgeTerms, chance, clock }: ThreadDispatch,
  { name }: WayOut,
  recorded: Recorded<ToSend>,
  wish: Wished,
  basis: readonly StreamRevision[] = [],
) => {
  const { organisationId } = recorded.metadata;
  const id = threadOf(recorded);
  const read = await bridgeTerms.ofThread(organisationId, id);
  if (!read) return undefined;
  const at = instant(clock.now());
  return decisions.run(conversationDecider, id, wish(at, read), {
    ...systemContext(recorded, { name, at, uuid: chance.uuid() }),
    subject: read.contactId,
    basis: [...read.basis, ...basis],
  });
};
