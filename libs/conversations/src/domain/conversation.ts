import { unreachable, type Decider } from '#kernel';
import type { ConversationCommand, ConversationRejection } from './commands.js';
import type { Decision } from './decisions/decision.js';
import { endConversation } from './decisions/end-conversation.js';
import { expireWindow } from './decisions/expire-window.js';
import { markRead } from './decisions/mark-read.js';
import { receiveCustomerMessage } from './decisions/receive-customer-message.js';
import { recordDispatchOutcome } from './decisions/record-dispatch-outcome.js';
import { recordReceipt } from './decisions/record-receipt.js';
import { requestMessage } from './decisions/request-message.js';
import { giveUpDispatch, resolveUnconfirmed, retryDispatch } from './decisions/settle-dispatch.js';
import { startNextDispatch } from './decisions/start-next-dispatch.js';
import type { ConversationEvent } from './events.js';
import { emptyThread, evolve, type Thread } from './thread.js';

const decide = (thread: Thread, command: ConversationCommand): Decision => {
  switch (command.type) {
    case 'ReceiveCustomerMessage':
      return receiveCustomerMessage(thread, command);
    case 'RequestMessage':
      return requestMessage(thread, command);
    case 'StartNextDispatch':
      return startNextDispatch(thread, command);
    case 'RecordDispatchOutcome':
      return recordDispatchOutcome(thread, command);
    case 'RetryDispatch':
      return retryDispatch(thread, command);
    case 'GiveUpDispatch':
      return giveUpDispatch(thread, command);
    case 'RecordReceipt':
      return recordReceipt(thread, command);
    case 'ResolveUnconfirmed':
      return resolveUnconfirmed(thread, command);
    case 'ExpireWindow':
      return expireWindow(thread, command);
    case 'MarkRead':
      return markRead(thread, command);
    case 'EndConversation':
      return endConversation(thread, command);
    default:
      return unreachable(command);
  }
};

/** The heart: one thread between a business number and a contact, in streams `conversation-…`. */
export const conversationDecider: Decider<
  Thread,
  ConversationCommand,
  ConversationEvent,
  ConversationRejection
> = { name: 'conversation', initial: emptyThread, decide, evolve };
