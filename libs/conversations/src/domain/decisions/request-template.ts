import { epochMs, reject, type ConversationId, type MessageId } from '#kernel';
import type { FilledTemplate, TemplateRefused } from '#templates';
import type { MessageAuthor } from '../events.js';
import type { Thread } from '../thread.js';
import { windowStatus } from '../window.js';
import { notWritable, type Decision, type Wish } from './decision.js';

export type RequestTemplate = Wish<
  'RequestTemplate',
  {
    readonly conversationId: ConversationId;
    readonly messageId: MessageId;
    /** The template as it is to be sent, or why it cannot be: facts of its own stream. */
    readonly template: FilledTemplate | TemplateRefused;
    readonly author: MessageAuthor;
    readonly requestKey: string;
    readonly requestDigest: string;
  }
>;

/**
 * Takes a template to the customer down, for WhatsApp, whatever the window is: it may be sent outside,
 * and opens nothing. The same key with the same input is the same request, whatever has become of the
 * template since.
 */
export const requestTemplate = (thread: Thread, command: RequestTemplate): Decision => {
  const { at, conversationId, messageId, template, author, requestKey, requestDigest } = command;
  const before = thread.requests.get(requestKey);
  if (before) return before.digest === requestDigest ? [] : reject('IdempotencyKeyUsedOtherwise');
  const refused = notWritable(thread, conversationId);
  if (refused) return refused;
  if ('rejected' in template) return template;
  const data = {
    conversationId,
    messageId,
    channel: 'WHATSAPP' as const,
    kind: 'TEMPLATE' as const,
    content: { kind: 'template' as const, ...template, extras: {} },
    quotedMessageId: null,
    author,
    insideWindow: windowStatus(thread.window, epochMs(at)) === 'OPEN',
    requestKey,
    requestDigest,
  };
  return [{ type: 'MessageRequested', at, data }];
};
