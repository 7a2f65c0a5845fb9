import { unreachable, type Decider } from '#kernel';
import {
  editCustomerMessage,
  revokeCustomerMessage,
  type EditCustomerMessage,
  type RevokeCustomerMessage,
} from './decisions/change-customer-message.js';
import {
  absorbThread,
  closeThread,
  type AbsorbThread,
  type CloseThread,
} from './decisions/close-thread.js';
import type { ConversationRejection, Decision } from './decisions/decision.js';
import { dueSmsLookup, type DueSmsLookup } from './decisions/due-sms-lookup.js';
import {
  echoBusinessMessage,
  type EchoBusinessMessage,
} from './decisions/echo-business-message.js';
import { endConversation, type EndConversation } from './decisions/end-conversation.js';
import { expireWindow, type ExpireWindow } from './decisions/expire-window.js';
import { lapseBridge, type LapseBridge } from './decisions/lapse-bridge.js';
import { markRead, type MarkRead } from './decisions/mark-read.js';
import {
  receiveCustomerCall,
  type ReceiveCustomerCall,
} from './decisions/receive-customer-call.js';
import {
  receiveCustomerMessage,
  type ReceiveCustomerMessage,
} from './decisions/receive-customer-message.js';
import {
  receiveCustomerReaction,
  type ReceiveCustomerReaction,
} from './decisions/receive-customer-reaction.js';
import {
  recordDispatchOutcome,
  type RecordDispatchOutcome,
} from './decisions/record-dispatch-outcome.js';
import { recordMedia, type RecordMedia } from './decisions/record-media.js';
import { recordPortalVisit, type RecordPortalVisit } from './decisions/record-portal-visit.js';
import { recordReceipt, type RecordReceipt } from './decisions/record-receipt.js';
import { recordSmsAbsence, type RecordSmsAbsence } from './decisions/record-sms-absence.js';
import { requestMessage, type RequestMessage } from './decisions/request-message.js';
import { requestTemplate, type RequestTemplate } from './decisions/request-template.js';
import { giveUpDispatch, type GiveUpDispatch } from './decisions/give-up-dispatch.js';
import { resolveUnconfirmed, type ResolveUnconfirmed } from './decisions/resolve-unconfirmed.js';
import { retryDispatch, type RetryDispatch } from './decisions/retry-dispatch.js';
import { retryMedia, type RetryMedia } from './decisions/retry-media.js';
import { shutPortal, type ShutPortal } from './decisions/shut-portal.js';
import { startNextDispatch, type StartNextDispatch } from './decisions/start-next-dispatch.js';
import type { ConversationEvent } from './events.js';
import { emptyThread, evolve, type Thread } from './thread.js';

export type ConversationCommand =
  | ReceiveCustomerMessage
  | ReceiveCustomerReaction
  | ReceiveCustomerCall
  | EditCustomerMessage
  | RevokeCustomerMessage
  | EchoBusinessMessage
  | RequestMessage
  | RequestTemplate
  | StartNextDispatch
  | RecordDispatchOutcome
  | RetryDispatch
  | GiveUpDispatch
  | RecordReceipt
  | LapseBridge
  | RecordPortalVisit
  | DueSmsLookup
  | RecordSmsAbsence
  | ResolveUnconfirmed
  | RecordMedia
  | RetryMedia
  | ExpireWindow
  | MarkRead
  | EndConversation
  | CloseThread
  | AbsorbThread
  | ShutPortal;

const decide = (thread: Thread, command: ConversationCommand): Decision => {
  switch (command.type) {
    case 'ReceiveCustomerMessage':
      return receiveCustomerMessage(thread, command);
    case 'ReceiveCustomerReaction':
      return receiveCustomerReaction(thread, command);
    case 'ReceiveCustomerCall':
      return receiveCustomerCall(thread, command);
    case 'EditCustomerMessage':
      return editCustomerMessage(thread, command);
    case 'RevokeCustomerMessage':
      return revokeCustomerMessage(thread, command);
    case 'EchoBusinessMessage':
      return echoBusinessMessage(thread, command);
    case 'RequestMessage':
      return requestMessage(thread, command);
    case 'RequestTemplate':
      return requestTemplate(thread, command);
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
    case 'RecordPortalVisit':
      return recordPortalVisit(thread, command);
    case 'LapseBridge':
      return lapseBridge(thread, command);
    case 'DueSmsLookup':
      return dueSmsLookup(thread, command);
    case 'RecordSmsAbsence':
      return recordSmsAbsence(thread, command);
    case 'ResolveUnconfirmed':
      return resolveUnconfirmed(thread, command);
    case 'RecordMedia':
      return recordMedia(thread, command);
    case 'RetryMedia':
      return retryMedia(thread, command);
    case 'ExpireWindow':
      return expireWindow(thread, command);
    case 'MarkRead':
      return markRead(thread, command);
    case 'EndConversation':
      return endConversation(thread, command);
    case 'CloseThread':
      return closeThread(thread, command);
    case 'AbsorbThread':
      return absorbThread(thread, command);
    case 'ShutPortal':
      return shutPortal(thread, command);
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
