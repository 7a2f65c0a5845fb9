import { epochMs, reject, type ConversationId, type MessageId } from '#kernel';
import type { Channel, ConversationEvent, MessageAuthor, MessageKind } from '../events.js';
import { windowExpired } from '../failure.js';
import type { Thread } from '../thread.js';
import { windowStatus } from '../window.js';
import { movedOn, notWritable, type Decision, type Wish } from './decision.js';
import type { MessageContent } from '../content.js';

export type RequestMessage = Wish<
  'RequestMessage',
  {
    readonly conversationId: ConversationId;
    readonly messageId: MessageId;
    readonly channel: Channel;
    readonly kind: MessageKind;
    readonly content: MessageContent;
    readonly quotedMessageId: MessageId | null;
    readonly author: MessageAuthor;
    readonly requestKey: string;
    readonly requestDigest: string;
    readonly expectedRevision: number | null;
  }
>;

/**
 * Takes a message to the customer down. Outside the window a free-form message is kept as a failed
 * attempt. The same key with the same input is the same request; with another input it is refused.
 */
export const requestMessage = (thread: Thread, command: RequestMessage): Decision => {
  const before = thread.requests.get(command.requestKey);
  if (before)
    return before.digest === command.requestDigest ? [] : reject('IdempotencyKeyUsedOtherwise');
  const refused =
    notWritable(thread, command.conversationId) ?? movedOn(thread, command.expectedRevision);
  if (refused) return refused;
  if (!knowsQuoted(thread, command.quotedMessageId)) return reject('QuotedMessageUnknown');
  const insideWindow = windowStatus(thread.window, epochMs(command.at)) === 'OPEN';
  const requested = messageRequested(command, insideWindow);
  if (insideWindow || command.kind === 'TEMPLATE') return [requested];
  const { at, conversationId, messageId } = command;
  const failed: ConversationEvent = {
    type: 'MessageFailed',
    at,
    data: { conversationId, messageId, failure: windowExpired(), refusal: 'WINDOW_EXPIRED' },
  };
  return [requested, failed];
};

/** What is quoted was said in this thread: another's words are never shown here. */
const knowsQuoted = ({ providerIds, outbound }: Thread, quoted: MessageId | null): boolean =>
  quoted === null || providerIds.has(quoted) || outbound.has(quoted);

const messageRequested = (command: RequestMessage, insideWindow: boolean): ConversationEvent => {
  const { type: _, at, expectedRevision: __, ...request } = command;
  return { type: 'MessageRequested', at, data: { ...request, insideWindow } };
};
