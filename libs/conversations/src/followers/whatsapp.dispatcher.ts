import { commandId, instant, type ContactId, type Dispatcher, type Recorded } from '#kernel';
import type { CallTerms, WhatsAppSender } from '#channels/whatsapp';
import type { Chance, Clock, Decides, Timer } from '#engine';
import type { ConversationCommand } from '../domain/conversation.js';
import type { DispatchOutcome } from '../domain/decisions/record-dispatch-outcome.js';
import { conversationDecider } from '../domain/conversation.js';
import type {
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
import { dispatchOutcome } from './dispatch-outcome.js';
import type { PaceOfNumbers } from './pace-of-numbers.js';
import { textRequest, type Addressees, type RequestOrNot } from './text-request.js';

type Followed =
  | MessageRequested
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

export type WhatsAppDispatch = {
  readonly decisions: Decides;
  readonly sender: WhatsAppSender;
  readonly addressees: Addressees;
  readonly pace: PaceOfNumbers;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly chance: Chance;
};

/**
 * Sends what waits in a thread, one message after the other: the intent is written, then the call is
 * made, then its outcome is written. Whoever did not write the intent never calls.
 */
export const whatsAppDispatcher = (ports: WhatsAppDispatch): Dispatcher<Followed> => ({
  kind: 'dispatcher',
  name: 'whatsapp-dispatcher',
  streams: ['conversation-'],
  types: [
    'MessageRequested',
    'DispatchRetryDue',
    'DispatchResolved',
    'DispatchOutcomeUnknown',
    'MessageReceiptReceived',
  ],
  key: ({ stream }) => stream,
  dispatch: async (recorded, signal) => {
    if (await nothingWaits(ports, recorded)) return;
    for (let sent = 0; sent < messagesPerFactMax; sent += 1)
      if (!(await sendNext(ports, recorded, signal))) return;
  },
});

/** A receipt frees the thread's head only now and then: most of them are let go without a decision. */
const nothingWaits = async (
  { decisions }: WhatsAppDispatch,
  recorded: Recorded<Followed>,
): Promise<boolean> => {
  if (recorded.type !== 'MessageReceiptReceived') return false;
  const { state } = await decisions.load(conversationDecider, threadOf(recorded), { fresh: false });
  return state.waiting.length === 0;
};

/** False when nothing of the thread is to be sent now. */
const sendNext = async (
  ports: WhatsAppDispatch,
  recorded: Recorded<Followed>,
  signal: AbortSignal,
): Promise<boolean> => {
  if (signal.aborted) return false;
  const dispatchId = ports.chance.uuid();
  const startBeforeMs = ports.timer.monotonicMs() + callStartsWithinMs;
  const at = instant(ports.clock.now());
  const wish = { type: 'StartNextDispatch' as const, at, dispatchId };
  const decided = await decide(ports, recorded, wish, null);
  const started = decided.kind === 'accepted' ? startedBy(decided.events, dispatchId) : undefined;
  if (!started) return false;
  const timeout = AbortSignal.timeout(callStartsWithinMs + callTimeoutMs);
  const call = { startBeforeMs, signal: AbortSignal.any([signal, timeout]) };
  const outcome = await send(ports, recorded, decided.state, started, call);
  const { messageId, attempt } = started.data;
  const told = {
    type: 'RecordDispatchOutcome' as const,
    at: instant(ports.clock.now()),
    messageId,
    attempt,
    outcome,
  };
  await decide(ports, recorded, told, decided.state.contactId);
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

const send = async (
  ports: WhatsAppDispatch,
  recorded: Recorded<Followed>,
  thread: Thread,
  started: DispatchStarted,
  terms: CallTerms,
): Promise<DispatchOutcome> => {
  const { organisationId } = recorded.metadata;
  const prepared = await prepare(ports, recorded, thread, started, terms);
  if (prepared.kind === 'impossible') return { kind: 'rejected', failure: prepared.failure };
  const outcome =
    prepared.kind === 'request'
      ? await ports.sender.sendText(prepared.request, terms)
      : ({ kind: 'not-started', why: 'aborted' } as const);
  return dispatchOutcome(outcome, {
    now: instant(ports.clock.now()),
    attempt: started.data.attempt,
    jitter: ports.chance.fraction(),
    fingerprint: (id) => ports.addressees.fingerprint(organisationId, id),
  });
};

/** Whatever fails or is called off before the call, nothing has been sent: that is certain. */
const prepare = async (
  { addressees, pace }: WhatsAppDispatch,
  recorded: Recorded<Followed>,
  thread: Thread,
  started: DispatchStarted,
  { signal }: CallTerms,
): Promise<RequestOrNot | { readonly kind: 'not-now' }> => {
  try {
    const { organisationId } = recorded.metadata;
    const prepared = await textRequest(addressees, organisationId, thread, started.data);
    if (prepared.kind === 'request') await pace.turn(prepared.request.phoneNumberId, signal);
    return prepared;
  } catch {
    return { kind: 'not-now' };
  }
};

const decide = (
  { decisions, chance }: WhatsAppDispatch,
  recorded: Recorded<Followed>,
  command: ConversationCommand,
  subject: ContactId | null,
) =>
  decisions.run(conversationDecider, threadOf(recorded), command, {
    commandId: commandId(chance.uuid()),
    correlationId: recorded.metadata.correlationId,
    causationId: recorded.id,
    organisationId: recorded.metadata.organisationId,
    actor: { kind: 'system', id: 'whatsapp-dispatcher' },
    capability: null,
    at: command.at,
    subject,
    basis: [],
  });
