import {
  conversationId,
  epochMs,
  threadId,
  unreachable,
  type Instant,
  type MessageId,
  type Projection,
} from '#kernel';
import type { ConversationEvent } from '../domain/events.js';
import type { ClosedWindowReason, Failure } from '../domain/failure.js';

export type ConversationRow = {
  readonly conversation_id: string;
  readonly organisation_id: string;
  readonly thread_id: string;
  /** The thread whose window counts: its own, or the one that its own was closed into. */
  readonly window_thread_id: string;
  readonly number_id: string;
  readonly contact_id: string;
  readonly lifecycle: 'ACTIVE' | 'ENDED';
  readonly status: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly unread_count: number;
  readonly last_message_id: string | null;
  /** When the newest message was sent, by whoever sent it; else the start. Sorts the inbox. */
  readonly last_activity_at: number;
  /** 1 while what the business last tried to say has found no way to the customer. */
  readonly needs_attention: 0 | 1;
};

type Followed = Extract<
  ConversationEvent,
  {
    readonly type:
      | 'ConversationStarted'
      | 'ConversationEnded'
      | 'CustomerMessageReceived'
      | 'BusinessMessageEchoed'
      | 'MessageRequested'
      | 'MessageFailed'
      | 'MessagePosted'
      | 'DispatchStarted'
      | 'DispatchRejected'
      | 'MessageReceiptReceived'
      | 'BridgeRequested'
      | 'BridgeNotSent'
      | 'ConversationRead'
      | 'ThreadClosed';
  }
>;

/** One row of the inbox for each conversation. */
export const conversationsProjection: Projection<Followed, ConversationRow> = {
  kind: 'projection',
  name: 'conversations',
  version: 6,
  streams: ['conversation-'],
  types: [
    'ConversationStarted',
    'ConversationEnded',
    'CustomerMessageReceived',
    'BusinessMessageEchoed',
    'MessageRequested',
    'MessageFailed',
    'MessagePosted',
    'DispatchStarted',
    'DispatchRejected',
    'MessageReceiptReceived',
    'BridgeRequested',
    'BridgeNotSent',
    'ConversationRead',
    'ThreadClosed',
  ],
  table: {
    name: 'conversations',
    columns: {
      conversation_id: 'text',
      organisation_id: 'text',
      thread_id: 'text',
      window_thread_id: 'text',
      number_id: 'text',
      contact_id: 'text',
      lifecycle: 'text',
      status: 'text',
      started_at: 'integer',
      ended_at: 'integer?',
      unread_count: 'integer',
      last_message_id: 'text?',
      last_activity_at: 'integer',
      needs_attention: 'integer',
    },
    key: 'conversation_id',
    indexes: [
      ['organisation_id', 'last_activity_at', 'conversation_id'],
      ['contact_id', 'started_at', 'conversation_id'],
    ],
  },
  keys: ({ type, stream, data }) =>
    type === 'ThreadClosed' ? conversationsOf(stream, data.episodes) : [data.conversationId],
  project: (row, recorded, key) => {
    if (recorded.type === 'ConversationStarted') {
      const { data, at, stream, metadata } = recorded;
      return {
        conversation_id: key,
        organisation_id: metadata.organisationId,
        thread_id: stream.slice(stream.lastIndexOf('-') + 1),
        window_thread_id: stream.slice(stream.lastIndexOf('-') + 1),
        number_id: data.numberId,
        contact_id: data.contactId,
        lifecycle: 'ACTIVE',
        status: 'OPEN',
        started_at: epochMs(at),
        ended_at: null,
        unread_count: 0,
        last_message_id: null,
        last_activity_at: epochMs(at),
        needs_attention: 0,
      };
    }
    return row && projectOnto(row, recorded);
  },
};

type OfRow = Exclude<Followed, { readonly type: 'ConversationStarted' }>;

const projectOnto = (row: ConversationRow, recorded: OfRow): ConversationRow => {
  const { type, at } = recorded;
  switch (type) {
    case 'ConversationEnded':
      return {
        ...row,
        lifecycle: 'ENDED',
        status: 'RESOLVED',
        ended_at: epochMs(at),
        needs_attention: 0,
      };
    case 'ThreadClosed':
      return {
        ...row,
        contact_id: recorded.data.contactId,
        window_thread_id: recorded.data.threadId,
      };
    case 'ConversationRead':
      return { ...row, unread_count: 0 };
    case 'CustomerMessageReceived':
      return { ...said(row, recorded), unread_count: row.unread_count + 1, needs_attention: 0 };
    case 'BridgeRequested':
    case 'BusinessMessageEchoed':
      return { ...said(row, recorded), needs_attention: 0 };
    case 'MessageRequested':
      return said(row, recorded);
    case 'MessagePosted':
    case 'DispatchStarted':
      return { ...row, needs_attention: 0 };
    case 'MessageFailed':
    case 'DispatchRejected':
    case 'MessageReceiptReceived':
      return isLost(recorded.data.failure) ? { ...row, needs_attention: 1 } : row;
    case 'BridgeNotSent':
      return { ...row, needs_attention: 1 };
    default:
      return unreachable(type);
  }
};

/** All conversations that a thread has had: they change hands together. */
const conversationsOf = (stream: string, episodes: number): readonly string[] => {
  const thread = threadId(stream.slice(stream.lastIndexOf('-') + 1));
  return Array.from({ length: episodes }, (_, index) => conversationId(thread, index + 1));
};

const onItsWay: readonly ClosedWindowReason[] = [
  'window_expired_bridge_sent',
  'window_expired_bridge_deduplicated',
];

/** Whether something failed, and no bridge goes, or went, in its place. */
const isLost = (failure: Failure | null): boolean =>
  failure !== null && !onItsWay.some((reason) => reason === failure.reason);

const said = (
  row: ConversationRow,
  { at, data }: { readonly at: Instant; readonly data: { readonly messageId: MessageId } },
): ConversationRow => {
  const isNewest = row.last_message_id === null || epochMs(at) >= row.last_activity_at;
  return isNewest
    ? { ...row, last_message_id: data.messageId, last_activity_at: epochMs(at) }
    : row;
};
