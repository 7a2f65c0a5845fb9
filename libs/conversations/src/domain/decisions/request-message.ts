import { epochMs, reject, type ConversationId, type MessageId } from '#kernel';
import type { BridgeTerms } from '../bridge.js';
import type { MessageContent } from '../content.js';
import type { Channel, ConversationEvent, MessageAuthor } from '../events.js';
import { ownFailure, type Failure } from '../failure.js';
import { isPortalOpen, replyChannel } from '../reply-channel.js';
import { smsFailure, smsObstacle, smsTextLengthMax } from '../sms.js';
import type { Thread } from '../thread.js';
import { windowStatus } from '../window.js';
import { closedWindow } from './closed-window.js';
import { movedOn, notWritable, type Decision, type Wish } from './decision.js';

export type RequestMessage = Wish<
  'RequestMessage',
  {
    readonly conversationId: ConversationId;
    readonly messageId: MessageId;
    /** Where the writer wants it to go; null: where the customer is. */
    readonly channel: Channel | null;
    readonly content: MessageContent;
    readonly quotedMessageId: MessageId | null;
    readonly author: MessageAuthor;
    readonly requestKey: string;
    readonly requestDigest: string;
    readonly expectedRevision: number | null;
    readonly terms: BridgeTerms;
  }
>;

/**
 * Takes a free-form message to the customer down, for the channel on which they are. One for WhatsApp
 * outside the window is kept as a failed attempt, and may lead to a bridge. The same key with
 * the same input is the same request; with another input it is refused.
 */
export const requestMessage = (thread: Thread, command: RequestMessage): Decision => {
  const before = thread.requests.get(command.requestKey);
  if (before)
    return before.digest === command.requestDigest ? [] : reject('IdempotencyKeyUsedOtherwise');
  const refused =
    notWritable(thread, command.conversationId) ?? movedOn(thread, command.expectedRevision);
  if (refused) return refused;
  if (!knowsQuoted(thread, command.quotedMessageId)) return reject('QuotedMessageUnknown');
  const channel = channelOf(thread, command);
  const { kind } = command.content;
  if (channel !== 'WHATSAPP' && kind !== 'text')
    return reject('ContentNeedsWhatsApp', { content: kind, channel });
  switch (channel) {
    case 'SMS':
      return requestedBySms(thread, command);
    case 'PORTAL':
      return requestedInPortal(thread, command);
    default:
      return requestedOnWhatsApp(thread, command);
  }
};

/** What is quoted was said in this thread: another's words are never shown here. */
const knowsQuoted = ({ providerIds, outbound }: Thread, quoted: MessageId | null): boolean =>
  quoted === null || providerIds.has(quoted) || outbound.has(quoted);

const channelOf = (thread: Thread, { channel, terms, at }: RequestMessage): Channel =>
  channel ?? replyChannel(thread, terms, epochMs(at));

const requestedOnWhatsApp = (thread: Thread, command: RequestMessage): Decision => {
  const requested = messageRequested(thread, command, 'WHATSAPP');
  if (isInside(thread, command)) return [requested];
  const { failure, bridge } = closedWindow(thread, command);
  return [requested, failed(command, failure, 'WINDOW_EXPIRED'), ...bridge];
};

const requestedBySms = (thread: Thread, command: RequestMessage): Decision => {
  const { content, terms } = command;
  const actual = content.kind === 'text' ? content.text.length : 0;
  if (actual > smsTextLengthMax) return reject('TextTooLong', { limit: smsTextLengthMax, actual });
  const requested = messageRequested(thread, command, 'SMS');
  const obstacle = smsObstacle(terms);
  return obstacle ? [requested, failed(command, smsFailure(obstacle), null)] : [requested];
};

const requestedInPortal = (thread: Thread, command: RequestMessage): Decision => {
  const { at, conversationId, messageId } = command;
  const requested = messageRequested(thread, command, 'PORTAL');
  if (!isPortalOpen(thread, epochMs(at))) return [requested, failed(command, portalShut, null)];
  return [requested, { type: 'MessagePosted', at, data: { conversationId, messageId } }];
};

const portalShut = ownFailure(
  'portal_closed',
  'The customer’s page is closed: nobody would read it.',
);

const failed = (
  { at, conversationId, messageId }: RequestMessage,
  failure: Failure,
  refusal: 'WINDOW_EXPIRED' | null,
): ConversationEvent => ({
  type: 'MessageFailed',
  at,
  data: { conversationId, messageId, failure, refusal },
});

const isInside = ({ window }: Thread, { at }: RequestMessage): boolean =>
  windowStatus(window, epochMs(at)) === 'OPEN';

const messageRequested = (
  thread: Thread,
  command: RequestMessage,
  channel: Channel,
): ConversationEvent => {
  const { type: _, at, expectedRevision: __, terms: ___, ...request } = command;
  const insideWindow = isInside(thread, command);
  const data = { ...request, channel, kind: 'FREE_FORM' as const, insideWindow };
  return { type: 'MessageRequested', at, data };
};
