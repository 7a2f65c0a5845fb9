import {
  isJsonObject,
  messageId,
  type ContactId,
  type Instant,
  type Json,
  type JsonObject,
  type MessageId,
  type NumberId,
  type ThreadId,
} from '#kernel';
import type { InboundContent, MessageItem } from '#channels/whatsapp';
import type { ReceiveCustomerMessage } from '../domain/decisions/receive-customer-message.js';
import type { MessageContent } from '../domain/content.js';

type Place = {
  readonly threadId: ThreadId;
  readonly contactId: ContactId;
  readonly numberId: NumberId;
  readonly at: Instant;
  readonly receivedAt: Instant;
  readonly fingerprint: string;
  readonly quotedFingerprint: string | null;
};

const messageIdLength = 24;

/** The id of a customer's message: from its fingerprint, so that it is the same each time. */
export const inboundMessageId = (fingerprint: string): MessageId =>
  messageId(fingerprint.slice(0, messageIdLength));

/** The wish that an inbound WhatsApp message is. */
export const inboundMessage = (item: MessageItem, place: Place): ReceiveCustomerMessage => ({
  type: 'ReceiveCustomerMessage',
  ...place,
  messageId: inboundMessageId(place.fingerprint),
  channel: 'WHATSAPP',
  providerMessageId: item.providerMessageId,
  content: contentOf(item.content),
  claimedAt: item.sentAt,
  opensWindow: item.opensWindow,
});

const contentOf = (content: InboundContent): MessageContent => {
  if (content.kind === 'unsupported')
    return { kind: 'unsupported', type: content.type, raw: asObject(content.raw) };
  const { kind, text, ...extras } = content;
  const told = Object.entries(extras).filter(([, value]) => value !== null && value !== 'no');
  return { kind, text, extras: Object.fromEntries(told) };
};

const asObject = (raw: Json): JsonObject => (isJsonObject(raw) ? raw : { value: raw });
