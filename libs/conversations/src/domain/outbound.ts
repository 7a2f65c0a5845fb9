import type { ConversationId, Instant, MessageId, Personal } from '#kernel';
import type { MessageContent } from './content.js';
import type { Delivery } from './delivery.js';
import type { Channel, MessageKind } from './events.js';

/** A message to the customer, as far as deciding needs it. */
export type Outbound = {
  readonly conversationId: ConversationId;
  readonly channel: Channel;
  readonly kind: MessageKind;
  /** Kept until the provider has it: the dispatcher reads it from here. */
  readonly content: Personal<MessageContent> | null;
  readonly quotedMessageId: MessageId | null;
  readonly refusal: 'WINDOW_EXPIRED' | null;
  /** The bridge that was asked for in its place. */
  readonly bridgeId: MessageId | null;
  /** The message in whose place it goes, if it is a bridge itself. */
  readonly causedBy: MessageId | null;
  readonly delivery: Delivery;
};

/** Where the customer was, and when by their own time. */
export type Seen = { readonly channel: Channel; readonly at: Instant };
