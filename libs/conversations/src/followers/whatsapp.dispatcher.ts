import { instant, type Dispatcher } from '#kernel';
import type { CallTerms, WhatsAppSender } from '#channels/whatsapp';
import type { DispatchOutcome } from '../domain/decisions/record-dispatch-outcome.js';
import { failedOutcome } from './dispatch-outcome.js';
import type { PaceOfNumbers } from './pace-of-numbers.js';
import { threadOf } from './addressed.js';
import type { WaitingTemplates } from './waiting-templates.js';
import { whatsAppRequest, type Addressees, type RequestOrNot } from './whatsapp-request.js';
import {
  threadDispatcher,
  type Started,
  type ThreadDispatch,
  type ToSend,
} from './thread-dispatcher.js';

export type WhatsAppDispatch = ThreadDispatch & {
  readonly sender: WhatsAppSender;
  readonly addressees: Addressees;
  readonly pace: PaceOfNumbers;
  readonly templates: WaitingTemplates;
};

/** Sends what waits for WhatsApp. */
export const whatsAppDispatcher = (ports: WhatsAppDispatch): Dispatcher<ToSend> =>
  threadDispatcher(ports, {
    channel: 'WHATSAPP',
    name: 'whatsapp-dispatcher',
    send: (started, terms) => send(ports, started, terms),
    withdrawals: (recorded) => {
      const { organisationId } = recorded.metadata;
      return ports.templates.of(organisationId, threadOf(recorded), recorded.revision);
    },
  });

const send = async (
  ports: WhatsAppDispatch,
  started: Started,
  terms: CallTerms,
): Promise<DispatchOutcome> => {
  const prepared = await prepare(ports, started, terms);
  if (prepared.kind === 'impossible') return { kind: 'rejected', failure: prepared.failure };
  const outcome =
    prepared.kind === 'request'
      ? await ports.sender.send(prepared.request, terms)
      : ({ kind: 'not-started', why: 'aborted' } as const);
  if (outcome.kind !== 'accepted')
    return failedOutcome(outcome, {
      now: instant(ports.clock.now()),
      attempt: started.dispatch.attempt,
      jitter: ports.chance.fraction(),
      provider: 'WhatsApp',
    });
  const { providerMessageId } = outcome;
  const fingerprint = await ports.addressees.fingerprint(started.organisationId, providerMessageId);
  return { kind: 'accepted', providerMessageId, fingerprint, segments: null };
};

/** Whatever fails or is called off before the call, nothing has been sent: that is certain. */
const prepare = async (
  { addressees, pace }: WhatsAppDispatch,
  { organisationId, thread, dispatch }: Started,
  { signal }: CallTerms,
): Promise<RequestOrNot | { readonly kind: 'not-now' }> => {
  try {
    const prepared = await whatsAppRequest(addressees, organisationId, thread, dispatch);
    if (prepared.kind === 'request') await pace.turn(prepared.request.phoneNumberId, signal);
    return prepared;
  } catch {
    return { kind: 'not-now' };
  }
};
