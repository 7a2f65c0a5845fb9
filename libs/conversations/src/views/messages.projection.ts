import { epochMs, isErased, type Projection, type Recorded } from '#kernel';
import {
  bridgeFailed,
  echoedDelivery,
  evolveDelivery,
  requestedDelivery,
  shownStatus,
  type Delivery,
} from '../domain/delivery.js';
import type {
  BridgeRequested,
  BusinessMessageEchoed,
  ConversationEvent,
  CustomerMessageEdited,
  CustomerMessageReceived,
  CustomerReactionReceived,
  MessageAuthor,
  MessageRequested,
} from '../domain/events.js';
import type { MediaRefused, MediaStored } from '../domain/media/events.js';
import {
  contentCell,
  contentOf,
  deliveryCell,
  deliveryOf,
  fileCell,
  reactionCell,
  reactionOf,
  withExtrasOf,
} from './cells.js';

export type MessageRow = {
  readonly message_id: string;
  readonly organisation_id: string;
  readonly conversation_id: string;
  readonly direction: 'INBOUND' | 'OUTBOUND';
  readonly channel: string;
  readonly kind: string;
  /** MessageContent as it was last; `null` once its subject has been erased, or it was taken back. */
  readonly content: string;
  readonly author_kind: MessageAuthor['kind'] | 'customer' | 'business_app';
  readonly author_id: string;
  readonly sent_at: number;
  readonly received_at: number | null;
  /** Orders messages of the same millisecond: the place of their first fact in the log. */
  readonly sort: string;
  readonly inside_window: number | null;
  readonly quoted_message_id: string | null;
  /** What a notice of the system's is for; null for what people wrote. */
  readonly notification_type: 'bridge' | null;
  readonly status: string | null;
  /** Delivery, for messages to the customer. */
  readonly delivery: string | null;
  /** The customer's newest Reaction; null when there never was one. */
  readonly reaction: string | null;
  /** When the customer last changed it, and when they took it back; null when they did not. */
  readonly edited_at: number | null;
  readonly revoked_at: number | null;
  /** MessageFile, once it is settled: stored, or refused. An edit brings no other file. */
  readonly file: string | null;
};

type Followed =
  | CustomerReactionReceived
  | Exclude<
      Extract<ConversationEvent, { readonly data: { readonly messageId: unknown } }>,
      {
        readonly type:
          | 'WindowRefusedByProvider'
          | 'SmsLookupDue'
          | 'SmsNotListed'
          | 'PortalOpened'
          | 'MediaDeferred'
          | 'MediaRetryDue';
      }
    >;

/** Every message, of either side, with how far it got. */
export const messagesProjection: Projection<Followed, MessageRow> = {
  kind: 'projection',
  name: 'messages',
  version: 5,
  streams: ['conversation-'],
  types: [
    'CustomerMessageReceived',
    'CustomerReactionReceived',
    'CustomerMessageEdited',
    'CustomerMessageRevoked',
    'BusinessMessageEchoed',
    'MessageRequested',
    'MessageFailed',
    'MessagePosted',
    'BridgeRequested',
    'BridgeSmsSent',
    'BridgeNotSent',
    'DispatchStarted',
    'DispatchAccepted',
    'DispatchRejected',
    'DispatchDeferred',
    'DispatchRetryDue',
    'DispatchOutcomeUnknown',
    'DispatchResolved',
    'MessageReceiptReceived',
    'MediaStored',
    'MediaRefused',
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
      notification_type: 'text?',
      status: 'text?',
      delivery: 'json?',
      reaction: 'json?',
      edited_at: 'integer?',
      revoked_at: 'integer?',
      file: 'json?',
    },
    key: 'message_id',
    indexes: [['conversation_id', 'sent_at', 'sort']],
  },
  keys: ({ type, data }) => {
    if (type === 'CustomerReactionReceived')
      return data.targetMessageId === null ? [] : [data.targetMessageId];
    return type === 'BridgeNotSent' ? [data.messageId, data.causedBy] : [data.messageId];
  },
  project: (row, recorded, key) => {
    const place = {
      organisation_id: recorded.metadata.organisationId,
      sort: recorded.position,
    };
    if (recorded.type === 'CustomerMessageReceived')
      return { ...place, ...ofCustomer(recorded, recorded.metadata.actor.id) };
    if (recorded.type === 'MessageRequested') return { ...place, ...ofBusiness(recorded) };
    if (recorded.type === 'BridgeRequested') return { ...place, ...ofSystem(recorded) };
    if (recorded.type === 'BusinessMessageEchoed') return { ...place, ...ofBusinessApp(recorded) };
    if (recorded.type === 'CustomerReactionReceived') return row && reacted(row, recorded);
    if (recorded.type === 'CustomerMessageEdited') return row && edited(row, recorded);
    if (recorded.type === 'CustomerMessageRevoked')
      return row && { ...row, content: 'null', revoked_at: epochMs(recorded.at) };
    if (recorded.type === 'MediaStored' || recorded.type === 'MediaRefused')
      return row && { ...row, file: settledFile(recorded) };
    if (!row?.delivery) return row;
    if (recorded.type === 'BridgeNotSent' && key !== recorded.data.messageId)
      return { ...row, ...delivered(bridgeFailed(deliveryOf(row.delivery))) };
    return { ...row, ...delivered(evolveDelivery(deliveryOf(row.delivery), recorded)) };
  },
};

/** The newest reaction counts; of two in the same second the one that came later. */
const reacted = (row: MessageRow, { data }: CustomerReactionReceived): MessageRow => {
  const { emoji, sentAt } = data;
  const known = row.reaction === null ? null : reactionOf(row.reaction);
  if (known && epochMs(known.at) > epochMs(sentAt)) return row;
  const reaction = { emoji: isErased(emoji) ? null : emoji, at: sentAt };
  return { ...row, reaction: reactionCell(reaction) };
};

/** The newest words count, with what came with the first; what was taken back stays so. */
const edited = (row: MessageRow, { at, data }: CustomerMessageEdited): MessageRow => {
  if (row.revoked_at !== null || (row.edited_at ?? 0) > epochMs(at)) return row;
  const content = withExtrasOf(data.content, contentOf(row.content));
  return { ...row, content: contentCell(content), edited_at: epochMs(at) };
};

/** Sealed with the key of the fact's subject: the contact's, whoever they are later. */
const settledFile = (recorded: Recorded<MediaStored | MediaRefused>): string => {
  if (recorded.type === 'MediaRefused')
    return fileCell({ state: 'REFUSED', failure: recorded.data.failure });
  const { mediaKey, mimeType, size } = recorded.data;
  const subject = recorded.metadata.subject ?? '';
  return fileCell({ state: 'STORED', mediaKey, subject, mimeType, size });
};

const untouched = { reaction: null, edited_at: null, revoked_at: null, file: null } as const;

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
  notification_type: null,
  status: null,
  delivery: null,
  ...untouched,
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
  notification_type: null,
  ...delivered(requestedDelivery(at)),
  ...untouched,
});

/** Whoever wrote it did so without us: which member it was is not known. */
const ofBusinessApp = ({ data }: BusinessMessageEchoed): Unplaced => ({
  message_id: data.messageId,
  conversation_id: data.conversationId,
  direction: 'OUTBOUND',
  channel: 'WHATSAPP',
  kind: 'FREE_FORM',
  content: contentCell(data.content),
  author_kind: 'business_app',
  author_id: 'business_app',
  sent_at: epochMs(data.sentAt),
  received_at: null,
  inside_window: data.insideWindow ? 1 : 0,
  quoted_message_id: data.quotedMessageId,
  notification_type: null,
  ...delivered(echoedDelivery(data.sentAt)),
  ...untouched,
});

/** A bridge stands in the thread as what it is: an SMS of the system's, its code masked. */
const ofSystem = ({ at, data }: BridgeRequested): Unplaced => ({
  message_id: data.messageId,
  conversation_id: data.conversationId,
  direction: 'OUTBOUND',
  channel: 'SMS',
  kind: 'FREE_FORM',
  content: contentCell({ kind: 'text', text: data.text, extras: {} }),
  author_kind: 'system',
  author_id: 'bridge',
  sent_at: epochMs(at),
  received_at: null,
  inside_window: 0,
  quoted_message_id: null,
  notification_type: 'bridge',
  ...delivered(requestedDelivery(at)),
  ...untouched,
});

const delivered = (delivery: Delivery): Pick<MessageRow, 'status' | 'delivery'> => ({
  status: shownStatus(delivery),
  delivery: deliveryCell(delivery),
});
