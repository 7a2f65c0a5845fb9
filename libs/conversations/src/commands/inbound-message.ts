import {
  isJsonObject,
  messageId,
  unreachable,
  type Instant,
  type Json,
  type JsonObject,
  type MessageId,
} from '#kernel';
import type {
  InboundContent,
  MessageItem,
  StatusItem,
  Surroundings,
  ThreadItem,
  UserIdItem,
} from '#channels/whatsapp';
import type { MessageContent } from '../domain/content.js';
import type { ConversationCommand } from '../domain/conversation.js';
import type { ReceiveCustomerMessage } from '../domain/decisions/receive-customer-message.js';
import type { Between } from '../domain/decisions/told-by-provider.js';

/** What a customer, or somebody in the business's app, did: everything but a receipt. */
export type HappenedItem = Exclude<ThreadItem, StatusItem | UserIdItem>;

type Place = Between & {
  readonly at: Instant;
  readonly receivedAt: Instant;
  /** Of the provider's id of what happened. */
  readonly fingerprint: string;
  /** Of the message that it quotes, or that it is about. */
  readonly earlierFingerprint: string | null;
};

const messageIdLength = 24;

/** The id of a customer's message: from its fingerprint, so that it is the same each time. */
export const inboundMessageId = (fingerprint: string): MessageId =>
  messageId(fingerprint.slice(0, messageIdLength));

/** The provider's id of the message that an item quotes, or that it is about; null: there is none. */
export const earlierProviderId = (item: HappenedItem): string | null => {
  if ('targetProviderMessageId' in item) return item.targetProviderMessageId;
  return 'quotedProviderMessageId' in item ? (item.quotedProviderMessageId ?? null) : null;
};

/** The wish that an item of a webhook is. */
export const inboundWish = (item: HappenedItem, place: Place): ConversationCommand => {
  const { threadId, numberId, contactId, at, receivedAt, fingerprint } = place;
  const between = { threadId, numberId, contactId };
  const told = { at, fingerprint, claimedAt: item.sentAt, receivedAt };
  const targetFingerprint = place.earlierFingerprint ?? '';
  switch (item.kind) {
    case 'message':
      return inboundMessage(item, place);
    case 'reaction': {
      const { emoji } = item;
      return { type: 'ReceiveCustomerReaction', ...between, ...told, targetFingerprint, emoji };
    }
    case 'call': {
      const how = item.how === 'called' ? 'CALLED' : 'ANSWERED';
      return { type: 'ReceiveCustomerCall', ...between, ...told, how };
    }
    case 'edit': {
      const content = contentOf(item.content, null);
      return { type: 'EditCustomerMessage', ...told, targetFingerprint, content };
    }
    case 'revoke':
      return { type: 'RevokeCustomerMessage', ...told, targetFingerprint };
    case 'echo':
      return {
        type: 'EchoBusinessMessage',
        ...between,
        ...told,
        messageId: inboundMessageId(fingerprint),
        providerMessageId: item.providerMessageId,
        content: contentOf(item.content, item.surroundings),
        quotedFingerprint: place.earlierFingerprint,
      };
    default:
      return unreachable(item);
  }
};

const inboundMessage = (
  item: MessageItem,
  { earlierFingerprint, ...place }: Place,
): ReceiveCustomerMessage => ({
  type: 'ReceiveCustomerMessage',
  ...place,
  messageId: inboundMessageId(place.fingerprint),
  channel: 'WHATSAPP',
  providerMessageId: item.providerMessageId,
  content: contentOf(item.content, item.surroundings),
  quotedFingerprint: earlierFingerprint,
  claimedAt: item.sentAt,
  opensWindow: item.opensWindow,
});

const contentOf = (content: InboundContent, surroundings: Surroundings | null): MessageContent =>
  content.kind === 'unsupported'
    ? { kind: 'unsupported', type: content.type, raw: asObject(content.raw) }
    : { ...content, extras: extrasOf(surroundings) };

const extrasOf = (surroundings: Surroundings | null): JsonObject => {
  const told = Object.entries(surroundings ?? {});
  return Object.fromEntries(told.filter(([, value]) => value !== null && value !== 'no'));
};

const asObject = (raw: Json): JsonObject => (isJsonObject(raw) ? raw : { value: raw });
