import { epochMs, type Projection } from '#kernel';
import type { ConversationEvent } from '../domain/events.js';

export type ConversationRow = {
  readonly conversation_id: string;
  readonly organisation_id: string;
  readonly thread_id: string;
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
};

type Followed = Extract<
  ConversationEvent,
  {
    readonly type:
      | 'ConversationStarted'
      | 'ConversationEnded'
      | 'CustomerMessageReceived'
      | 'MessageRequested'
      | 'ConversationRead';
  }
>;

/** One row of the inbox for each conversation. */
export const conversationsProjection: Projection<Followed, ConversationRow> = {
  kind: 'projection',
  name: 'conversations',
  version: 1,
  streams: ['conversation-'],
  types: [
    'ConversationStarted',
    'ConversationEnded',
    'CustomerMessageReceived',
    'MessageRequested',
    'ConversationRead',
  ],
  table: {
    name: 'conversations',
    columns: {
      conversation_id: 'text',
      organisation_id: 'text',
      thread_id: 'text',
      number_id: 'text',
      contact_id: 'text',
      lifecycle: 'text',
      status: 'text',
      started_at: 'integer',
      ended_at: 'integer?',
      unread_count: 'integer',
      last_message_id: 'text?',
      last_activity_at: 'integer',
    },
    key: 'conversation_id',
    indexes: [['organisation_id', 'last_activity_at', 'conversation_id']],
  },
  keys: ({ data }) => [data.conversationId],
  project: (row, recorded, key) => {
    if (recorded.type === 'ConversationStarted') {
      const { data, at, stream, metadata } = recorded;
      return {
        conversation_id: key,
        organisation_id: metadata.organisationId,
        thread_id: stream.slice(stream.lastIndexOf('-') + 1),
        number_id: data.numberId,
        contact_id: data.contactId,
        lifecycle: 'ACTIVE',
        status: 'OPEN',
        started_at: epochMs(at),
        ended_at: null,
        unread_count: 0,
        last_message_id: null,
        last_activity_at: epochMs(at),
      };
    }
    return row && projectOnto(row, recorded);
  },
};

const projectOnto = (
  row: ConversationRow,
  recorded: Exclude<Followed, { readonly type: 'ConversationStarted' }>,
): ConversationRow => {
  const { type, at, data } = recorded;
  if (type === 'ConversationEnded')
    return { ...row, lifecycle: 'ENDED', status: 'RESOLVED', ended_at: epochMs(at) };
  if (type === 'ConversationRead') return { ...row, unread_count: 0 };
  const inbound = type === 'CustomerMessageReceived';
  const isNewest = row.last_message_id === null || epochMs(at) >= row.last_activity_at;
  return {
    ...row,
    unread_count: row.unread_count + (inbound ? 1 : 0),
    last_message_id: isNewest ? data.messageId : row.last_message_id,
    last_activity_at: isNewest ? epochMs(at) : row.last_activity_at,
  };
};
