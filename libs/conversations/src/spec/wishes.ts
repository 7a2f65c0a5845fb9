import { conversationId, messageId, type Instant, type MessageId } from '#kernel';
import type { BridgeTerms } from '../domain/bridge.js';
import type {
  EditCustomerMessage,
  RevokeCustomerMessage,
} from '../domain/decisions/change-customer-message.js';
import type { EchoBusinessMessage } from '../domain/decisions/echo-business-message.js';
import type { DueSmsLookup } from '../domain/decisions/due-sms-lookup.js';
import type { EndConversation } from '../domain/decisions/end-conversation.js';
import type { ExpireWindow } from '../domain/decisions/expire-window.js';
import type { GiveUpDispatch } from '../domain/decisions/give-up-dispatch.js';
import type { LapseBridge } from '../domain/decisions/lapse-bridge.js';
import type { MarkRead } from '../domain/decisions/mark-read.js';
import type { ReceiveCustomerCall } from '../domain/decisions/receive-customer-call.js';
import type { ReceiveCustomerReaction } from '../domain/decisions/receive-customer-reaction.js';
import type { ReceiveCustomerMessage } from '../domain/decisions/receive-customer-message.js';
import type {
  DispatchOutcome,
  RecordDispatchOutcome,
} from '../domain/decisions/record-dispatch-outcome.js';
import type { RecordPortalVisit } from '../domain/decisions/record-portal-visit.js';
import type { RecordReceipt } from '../domain/decisions/record-receipt.js';
import type { RecordSmsAbsence } from '../domain/decisions/record-sms-absence.js';
import type { RequestMessage } from '../domain/decisions/request-message.js';
import type { RequestTemplate } from '../domain/decisions/request-template.js';
import type { ResolveUnconfirmed } from '../domain/decisions/resolve-unconfirmed.js';
import type { RetryDispatch } from '../domain/decisions/retry-dispatch.js';
import type { StartNextDispatch } from '../domain/decisions/start-next-dispatch.js';
import type { Receipt } from '../domain/events.js';
import type { Of } from './dispatches.js';
import { bridgeId, bridgeSms, daniel, filled, first, number, reply, thread } from './people.js';

/** The organisation bridges closed windows, and Daniel can be reached by SMS. */
export const bridging: BridgeTerms = {
  policy: 'BRIDGE_SMS',
  hasPhone: true,
  hasConsent: true,
  hasNumber: true,
  bridgeId,
  text: bridgeSms,
};
export const templatesOnly: BridgeTerms = { ...bridging, policy: 'REQUIRE_TEMPLATE' };

/** The customer wrote at `at`, and we heard of it at once. */
export const receive = (
  at: Instant,
  name = 'hello',
  told: Partial<ReceiveCustomerMessage> = {},
): ReceiveCustomerMessage => ({
  type: 'ReceiveCustomerMessage',
  at,
  threadId: thread,
  numberId: number,
  contactId: daniel,
  messageId: messageId(name),
  channel: 'WHATSAPP',
  fingerprint: `print-${name}`,
  providerMessageId: `wamid.${name}`,
  content: { kind: 'text', text: name, extras: {} },
  quotedFingerprint: null,
  claimedAt: at,
  receivedAt: at,
  opensWindow: true,
  ...told,
});

const between = { threadId: thread, numberId: number, contactId: daniel };

/** The customer reacted to `target` at `at`. */
export const react = (
  at: Instant,
  target = 'hello',
  told: Partial<ReceiveCustomerReaction> = {},
): ReceiveCustomerReaction => ({
  type: 'ReceiveCustomerReaction',
  at,
  ...between,
  fingerprint: 'print-reaction',
  claimedAt: at,
  receivedAt: at,
  targetFingerprint: `print-${target}`,
  emoji: '👍',
  ...told,
});

export const call = (
  at: Instant,
  told: Partial<ReceiveCustomerCall> = {},
): ReceiveCustomerCall => ({
  type: 'ReceiveCustomerCall',
  at,
  ...between,
  fingerprint: 'print-call',
  claimedAt: at,
  receivedAt: at,
  how: 'CALLED',
  ...told,
});

/** The customer made `name` say `text`. */
export const edit = (at: Instant, text: string, name = 'hello'): EditCustomerMessage => ({
  type: 'EditCustomerMessage',
  at,
  fingerprint: `print-edit-${text}`,
  claimedAt: at,
  receivedAt: at,
  targetFingerprint: `print-${name}`,
  content: { kind: 'text', text, extras: {} },
});

export const revoke = (at: Instant, name = 'hello'): RevokeCustomerMessage => ({
  type: 'RevokeCustomerMessage',
  at,
  fingerprint: `print-revoke-${name}`,
  claimedAt: at,
  receivedAt: at,
  targetFingerprint: `print-${name}`,
});

/** Somebody wrote `name` in the WhatsApp Business app. */
export const echo = (
  at: Instant,
  name = 'echo',
  told: Partial<EchoBusinessMessage> = {},
): EchoBusinessMessage => ({
  type: 'EchoBusinessMessage',
  at,
  ...between,
  fingerprint: `print-${name}`,
  claimedAt: at,
  receivedAt: at,
  messageId: messageId(name),
  providerMessageId: `wamid.${name}`,
  content: { kind: 'text', text: name, extras: {} },
  quotedFingerprint: null,
  ...told,
});

export const request = (
  at: Instant,
  name: MessageId = reply,
  told: Partial<RequestMessage> = {},
): RequestMessage => ({
  type: 'RequestMessage',
  at,
  conversationId: first,
  messageId: name,
  channel: null,
  content: { kind: 'text', text: name, extras: {} },
  quotedMessageId: null,
  author: { kind: 'staff', id: 'ann' },
  requestKey: `key-${name}`,
  requestDigest: `digest-${name}`,
  expectedRevision: null,
  terms: templatesOnly,
  ...told,
});

export const requestTemplate = (
  at: Instant,
  name: MessageId = reply,
  told: Partial<RequestTemplate> = {},
): RequestTemplate => ({
  type: 'RequestTemplate',
  at,
  conversationId: first,
  messageId: name,
  template: filled,
  author: { kind: 'staff', id: 'ann' },
  requestKey: `key-${name}`,
  requestDigest: `digest-${name}`,
  ...told,
});

export const startNext = (
  at: Instant,
  dispatchId = 'ours',
  told: Partial<StartNextDispatch> = {},
): StartNextDispatch => ({
  type: 'StartNextDispatch',
  at,
  channel: 'WHATSAPP',
  dispatchId,
  terms: templatesOnly,
  templates: new Map(),
  ...told,
});

export const tell = (
  at: Instant,
  outcome: DispatchOutcome,
  of: Of = {},
  terms: BridgeTerms = templatesOnly,
): RecordDispatchOutcome => ({
  type: 'RecordDispatchOutcome',
  at,
  messageId: of.message ?? reply,
  attempt: of.attempt ?? 1,
  outcome,
  terms,
});

/** The outcome that goes with the fact `accepted` of the same message. */
export const acceptance = (of: Of = {}, segments: number | null = null): DispatchOutcome => {
  const { message = reply, attempt = 1 } = of;
  return {
    kind: 'accepted',
    fingerprint: `print-${message}-${attempt}`,
    providerMessageId: `wamid.${message}.${attempt}`,
    segments,
  };
};

export const lapse = (at: Instant, bridge = bridgeId): LapseBridge => ({
  type: 'LapseBridge',
  at,
  bridgeId: bridge,
});

export const visit = (at: Instant, openedAt: Instant, bridge = bridgeId): RecordPortalVisit => ({
  type: 'RecordPortalVisit',
  at,
  bridgeId: bridge,
  openedAt,
});

export const lookUp = (at: Instant, of: Of = {}): DueSmsLookup => ({
  type: 'DueSmsLookup',
  at,
  messageId: of.message ?? bridgeId,
  attempt: of.attempt ?? 1,
});

export const absent = (at: Instant, lookup: number, of: Of = {}): RecordSmsAbsence => ({
  type: 'RecordSmsAbsence',
  at,
  messageId: of.message ?? bridgeId,
  attempt: of.attempt ?? 1,
  lookup,
});

export const retry = (at: Instant, of: Of = {}): RetryDispatch => ({
  type: 'RetryDispatch',
  at,
  messageId: of.message ?? reply,
  attempt: of.attempt ?? 1,
});

export const giveUp = (at: Instant, of: Of = {}): GiveUpDispatch => ({
  type: 'GiveUpDispatch',
  at,
  messageId: of.message ?? reply,
  attempt: of.attempt ?? 1,
});

/** A receipt that bears our own words. */
export const confirm = (
  at: Instant,
  receipt: Receipt,
  of: Of = {},
  told: Partial<RecordReceipt> = {},
): RecordReceipt => {
  const { message = reply, attempt = 1 } = of;
  return {
    type: 'RecordReceipt',
    at,
    attempt: { messageId: message, number: attempt },
    fingerprint: `print-${message}-${attempt}`,
    receipt,
    receiptAt: at,
    failed: null,
    pricing: null,
    ...told,
  };
};

export const settle = (
  at: Instant,
  outcome: 'ARRIVED' | 'SEND_AGAIN',
  told: Partial<ResolveUnconfirmed> = {},
): ResolveUnconfirmed => ({
  type: 'ResolveUnconfirmed',
  at,
  messageId: reply,
  outcome,
  requestKey: 'settling',
  requestDigest: `settling-${outcome}`,
  ...told,
});

export const expire = (at: Instant, closesAt: Instant): ExpireWindow => ({
  type: 'ExpireWindow',
  at,
  closesAt,
});

export const markAsRead = (at: Instant, episode = 1): MarkRead => ({
  type: 'MarkRead',
  at,
  conversationId: conversationId(thread, episode),
});

export const end = (
  at: Instant,
  episode = 1,
  expectedRevision: number | null = null,
): EndConversation => ({
  type: 'EndConversation',
  at,
  conversationId: conversationId(thread, episode),
  expectedRevision,
});
