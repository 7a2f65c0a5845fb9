import { randomUUID } from 'node:crypto';
import {
  commandId,
  contactId,
  instant,
  messageId,
  numberId,
  organisationId,
  threadId,
  type CommandContext,
} from '#kernel';
import type { ConversationCommand } from '#conversations';

/** A command of a customer who writes to thread `thread` once more, and its context. */
export const nextMessage = (
  thread: string,
): { readonly command: ConversationCommand; readonly context: CommandContext } => {
  const at = instant(Date.now());
  const unique = randomUUID();
  const command: ConversationCommand = {
    type: 'ReceiveCustomerMessage',
    at,
    threadId: threadId(thread),
    numberId: numberId('number'),
    contactId: contactId(`contact-${thread}`),
    messageId: messageId(unique),
    channel: 'WHATSAPP',
    fingerprint: unique,
    providerMessageId: unique,
    content: { kind: 'text', text: 'Is my car ready? I could come by at five.', extras: {} },
    quotedFingerprint: null,
    claimedAt: at,
    receivedAt: at,
    opensWindow: true,
  };
  const id = commandId(unique);
  const context: CommandContext = {
    commandId: id,
    correlationId: id,
    causationId: null,
    organisationId: organisationId('acme'),
    actor: { kind: 'provider', id: 'whatsapp' },
    capability: null,
    at,
    subject: `contact-${thread}`,
    basis: [],
  };
  return { command, context };
};
