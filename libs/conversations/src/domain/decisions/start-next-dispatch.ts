import { epochMs, unreachable, type MessageId } from '#kernel';
import { hasLapsed, type BridgeTerms } from '../bridge.js';
import type { ConversationEvent } from '../events.js';
import { ownFailure, type Failure } from '../failure.js';
import { smsFailure, smsObstacle } from '../sms.js';
import { templateFailure, type TemplateWithdrawal } from '../template-withdrawal.js';
import type { Outbound } from '../outbound.js';
import { evolve, type Thread } from '../thread.js';
import { windowStatus } from '../window.js';
import { failedByClosing } from './close-thread.js';
import { bridgeNotSent, closedWindow, lapsedBridge } from './closed-window.js';
import type { Decision, Wish } from './decision.js';

export type StartNextDispatch = Wish<
  'StartNextDispatch',
  {
    /** The channel that the dispatcher speaks. */
    readonly channel: 'WHATSAPP' | 'SMS';
    readonly dispatchId: string;
    readonly terms: BridgeTerms;
    /** Of each template that waits: what stands in its way by now, null for nothing. */
    readonly templates: ReadonlyMap<MessageId, TemplateWithdrawal | null>;
  }
>;

/**
 * Hands a channel's next message of the thread to a dispatcher. A message that is in another's hands,
 * or deferred, holds up those behind it. What must not be stale when a byte leaves is asked again here:
 * a message that may not leave any more fails, and the one behind it is next.
 */
export const startNextDispatch = (thread: Thread, command: StartNextDispatch): Decision => {
  const events: ConversationEvent[] = [];
  let current = thread;
  for (const messageId of thread.waiting) {
    const message = current.outbound.get(messageId);
    if (message?.channel !== command.channel) continue;
    if (message.delivery.phase !== 'WAITING') break;
    // Asked for since the templates were read: its own fact has it looked at again.
    if (message.kind === 'TEMPLATE' && !command.templates.has(messageId)) break;
    const instead = insteadOfSending(current, messageId, message, command);
    if (instead === null) {
      events.push(dispatchStarted(messageId, message, command));
      break;
    }
    events.push(...instead);
    current = instead.reduce(evolve, current);
  }
  return events;
};

/** What becomes of a message that may not leave any more; null when it may. */
const insteadOfSending = (
  thread: Thread,
  messageId: MessageId,
  message: Outbound,
  command: StartNextDispatch,
): readonly ConversationEvent[] | null => {
  if (thread.closed !== null) return failedByClosing(thread, messageId, command.at);
  switch (command.channel) {
    case 'WHATSAPP':
      return message.kind === 'TEMPLATE'
        ? withdrawnMeanwhile(messageId, message, command)
        : expiredMeanwhile(thread, messageId, message, command);
    case 'SMS': {
      const failure = unsendableSms(thread, messageId, message, command);
      return failure && smsFailed(messageId, message, command, failure);
    }
    default:
      return unreachable(command.channel);
  }
};

const withdrawnMeanwhile = (
  messageId: MessageId,
  { conversationId }: Outbound,
  { at, templates }: StartNextDispatch,
): readonly ConversationEvent[] | null => {
  const withdrawal = templates.get(messageId) ?? null;
  if (withdrawal === null) return null;
  const failure = templateFailure(withdrawal);
  const data = { conversationId, messageId, failure, refusal: null };
  return [{ type: 'MessageFailed', at, data }];
};

const expiredMeanwhile = (
  thread: Thread,
  messageId: MessageId,
  { conversationId }: Outbound,
  { at, terms }: StartNextDispatch,
): readonly ConversationEvent[] | null => {
  if (windowStatus(thread.window, epochMs(at)) === 'OPEN') return null;
  const { failure, bridge } = closedWindow(thread, { at, conversationId, messageId, terms });
  const data = { conversationId, messageId, failure, refusal: null };
  return [{ type: 'MessageFailed', at, data }, ...bridge];
};

const unsendableSms = (
  thread: Thread,
  messageId: MessageId,
  { causedBy, delivery }: Outbound,
  { at, terms }: StartNextDispatch,
): Failure | null => {
  const obstacle = smsObstacle(terms);
  if (obstacle) return smsFailure(obstacle);
  const { bridge, window } = thread;
  if (causedBy === null) return null;
  // An older one that is to be sent again would be a second one within the day.
  if (bridge?.bridgeId !== messageId) return supersededBridge;
  if (terms.policy === 'REQUIRE_TEMPLATE') return templatesWanted;
  if (hasLapsed(bridge, delivery, epochMs(at))) return lapsedBridge;
  return windowStatus(window, epochMs(at)) === 'OPEN' ? windowReopened : null;
};

const supersededBridge = ownFailure(
  'bridge_superseded',
  'A newer SMS has taken the place of this one.',
);

const templatesWanted = ownFailure(
  'policy_changed',
  'The organisation has chosen to answer closed windows with templates only.',
);

const windowReopened = ownFailure(
  'window_reopened',
  'The customer wrote on WhatsApp before the SMS was sent: it is not needed any more.',
);

const smsFailed = (
  messageId: MessageId,
  message: Outbound,
  { at }: StartNextDispatch,
  failure: Failure,
): readonly ConversationEvent[] => {
  if (message.causedBy !== null) return bridgeNotSent(message, { at, messageId, failure });
  const data = { conversationId: message.conversationId, messageId, failure, refusal: null };
  return [{ type: 'MessageFailed', at, data }];
};

const dispatchStarted = (
  messageId: MessageId,
  { conversationId, delivery }: Outbound,
  { at, dispatchId }: StartNextDispatch,
): ConversationEvent => ({
  type: 'DispatchStarted',
  at,
  data: { conversationId, messageId, attempt: delivery.attempt, dispatchId },
});
