import { epochMs, type Projection } from '#kernel';
import {
  evolveDelivery,
  requestedDelivery,
  shownStatus,
  type Delivery,
} from '../domain/delivery.js';
import type {
  ConversationEvent,
  CustomerMessageReceived,
  MessageAuthor,
  MessageRequested,
} from '../domain/events.js';
import { contentCell, deliveryCell, deliveryOf } from './cells.js';

export type MessageRow = {
  readonly message_id: string;
  readonly organisation_id: string;
  readonly conversation_id: string;
  readonly direction: 'INBOUND' | 'OUTBOUND';
  readonly channel: string;
  readonly kind: string;
  /** MessageContent, or `null` once its subject has been erased. */
  readonly content: string;
  readonly author_kind: MessageAuthor['kind'] | 'customer';
  readonly author_id: string;
  readonly sent_at: number;
  readonly received_at: number | null;
  /** Orders messages of the same millisecond: the place of their first fact in the log. */
  readonly sort: string;
  readonly inside_window: number | null;
  readonly quoted_message_id: string | null;
  readonly status: string | null;
  /** Delivery, for messages to the customer. */
  readonly delivery: string | null;
};

type Followed = Extract<ConversationEvent, { readonly data: { readonly messageId: unknown } }>;

/** Every message, of either side, with how far it got. */
export const messagesProjection: Projection<Followed, MessageRow> = {
  kind: 'projection',
  name: 'messages',
  version: 1,
  streams: ['conversation-'],
  types: [
    'CustomerMessageReceived',
    'MessageRequested',
    'MessageFailed',
    'DispatchStarted',
    'DispatchAccepted',
    'DispatchRejected',
    'DispatchDeferred',
    'DispatchRetryDue',
    'DispatchOutcomeUnknown',
    'DispatchResolved',
    'MessageReceiptReceived',
  ],
  table: {
    name: 'messages',
    columns: {
      message_id: 'text',
      organisation_id: 'text',
      conversation_id: 'text',
      direction: 'text',
      channel: 'text',
      kind: 'text',
      content: 'json',
      author_kind: 'text',
      author_id: 'text',
      sent_at: 'integer',
      received_at: 'integer?',
      sort: 'text',
      inside_window: 'integer?',
      quoted_message_id: 'text?',
      status: 'text?',
      delivery: 'json?',
    },
    key: 'message_id',
    indexes: [['conversation_id', 'sent_at', 'sort']],
  },
  keys: ({ data }) => [data.messageId],
  project: (row, recorded) => {
    const place = {
      organisation_id: recorded.metadata.organisationId,
      sort: recorded.position,
    };
    if (recorded.type === 'CustomerMessageReceived')
      return { ...place, ...ofCustomer(recorded, recorded.metadata.actor.id) };
    if (recorded.type === 'MessageRequested') return { ...place, ...ofBusiness(recorded) };
    if (!row?.delivery) return row;
    return { ...row, ...delivered(evolveDelivery(deliveryOf(row.delivery), recorded)) };
  },
};

type Unplaced = Omit<MessageRow, 'organisation_id' | 'sort'>;

const ofCustomer = ({ data }: CustomerMessageReceived, author: string): Unplaced => ({
  message_id: data.messageId,
  conversation_id: data.conversationId,
  direction: 'INBOUND',
  channel: data.channel,
  kind: 'FREE_FORM',
  content: contentCell(data.content),
  author_kind: 'customer',
  author_id: author,
  sent_at: epochMs(data.sentAt),
  received_at: epochMs(data.receivedAt),
  inside_window: null,
  quoted_message_id: data.quotedMessageId,
  status: null,
  delivery: null,
});

const ofBusiness = ({ at, data }: MessageRequested): Unplaced => ({
  message_id: data.messageId,
  conversation_id: data.conversationId,
  direction: 'OUTBOUND',
  channel: data.channel,
  kind: data.kind,
  content: contentCell(data.content),
  author_kind: data.author.kind,
  author_id: data.author.id,
  sent_at: epochMs(at),
  received_at: null,
  inside_window: data.insideWindow ? 1 : 0,
  quoted_message_id: data.quotedMessageId,
  ...delivered(requestedDelivery(at)),
});

const delivered = (delivery: Delivery): Pick<MessageRow, 'status' | 'delivery'> => ({
  status: shownStatus(delivery),
  delivery: deliveryCell(delivery),
});
