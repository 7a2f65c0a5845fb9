import { instant, type CommandContext, type Dispatcher } from '#kernel';
import type { SmsSender } from '#channels/sms';
import type { CallTerms } from '#channels/http';
import type { DispatchOutcome } from '../domain/decisions/record-dispatch-outcome.js';
import { smsLesson, type SmsLesson } from '../domain/sms.js';
import { noWithdrawals } from '../domain/template-withdrawal.js';
import { failedOutcome } from './dispatch-outcome.js';
import { smsRequest, type SmsAddressees, type SmsRequestOrNot } from './sms-request.js';
import { systemContext } from './system-context.js';
import {
  threadDispatcher,
  type Started,
  type ThreadDispatch,
  type ToSend,
} from './thread-dispatcher.js';

export type Refusal = { readonly lesson: SmsLesson; readonly reason: string };

/** What the way out by SMS leaves behind in other streams. Each step is safe to repeat. */
export interface SmsTraces {
  /** Says which thread an answer belongs to. */
  setRoute(started: Started, smsNumber: string, context: CommandContext): Promise<void>;
  /** Makes the code of a bridge good. */
  issueCode(started: Started, context: CommandContext): Promise<void>;
  /** The provider's refusal says more of the contact than of this SMS. */
  learn(started: Started, refusal: Refusal, context: CommandContext): Promise<void>;
}

export type SmsDispatch = ThreadDispatch & {
  readonly sender: SmsSender;
  readonly addressees: SmsAddressees;
  readonly traces: SmsTraces;
};

const name = 'sms-dispatcher';

/** Sends what waits for SMS: bridges, and answers to customers who are there. */
export const smsDispatcher = (ports: SmsDispatch): Dispatcher<ToSend> =>
  threadDispatcher(ports, {
    channel: 'SMS',
    name,
    send: (started, terms) => send(ports, started, terms),
    // Templates go by WhatsApp alone.
    withdrawals: async () => noWithdrawals,
  });

const send = async (
  ports: SmsDispatch,
  started: Started,
  terms: CallTerms,
): Promise<DispatchOutcome> => {
  const prepared = await prepare(ports, started);
  if (prepared.kind === 'impossible') return { kind: 'rejected', failure: prepared.failure };
  const outcome =
    prepared.kind === 'request'
      ? await ports.sender.send(prepared.request, terms)
      : ({ kind: 'not-started', why: 'aborted' } as const);
  if (outcome.kind === 'accepted') {
    const { sid, segments } = outcome;
    const fingerprint = await ports.addressees.fingerprint(started.organisationId, sid);
    return { kind: 'accepted', providerMessageId: sid, fingerprint, segments };
  }
  if (outcome.kind === 'rejected') {
    const { reason } = outcome.errorClass;
    const lesson = smsLesson(reason);
    if (lesson) await ports.traces.learn(started, { lesson, reason }, context(ports, started));
  }
  return failedOutcome(outcome, {
    now: instant(ports.clock.now()),
    attempt: started.dispatch.attempt,
    jitter: ports.chance.fraction(),
    provider: 'SMS',
  });
};

/** The answer's way is known before the SMS leaves. What fails here has certainly not been sent. */
const prepare = async (
  ports: SmsDispatch,
  started: Started,
): Promise<SmsRequestOrNot | { readonly kind: 'not-now' }> => {
  try {
    const prepared = await smsRequest(ports.addressees, started);
    if (prepared.kind === 'impossible') return prepared;
    await ports.traces.setRoute(started, prepared.request.from, context(ports, started));
    if (isBridge(started)) await ports.traces.issueCode(started, context(ports, started));
    return prepared;
  } catch {
    return { kind: 'not-now' };
  }
};

const isBridge = ({ thread, dispatch }: Started): boolean =>
  (thread.outbound.get(dispatch.messageId)?.causedBy ?? null) !== null;

const context = ({ clock, chance }: SmsDispatch, { recorded }: Started): CommandContext =>
  systemContext(recorded, { name, at: instant(clock.now()), uuid: chance.uuid() });
