import type { MessageId, Position, Projection } from '#kernel';
import { conversationEventTypes, type ConversationEvent } from '../domain/events.js';

export type FeedRow = {
  readonly position: Position;
  readonly organisation_id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly conversation_id: string;
  readonly message_id: string | null;
};

/** What happened in which conversation, in the order of the log: subscriptions resume from here. */
export const feedProjection: Projection<ConversationEvent, FeedRow> = {
  kind: 'projection',
  name: 'feed',
  version: 2,
  streams: ['conversation-'],
  types: conversationEventTypes,
  table: {
    name: 'feed',
    columns: {
      position: 'text',
      organisation_id: 'text',
      stream: 'text',
      revision: 'integer',
      type: 'text',
      conversation_id: 'text',
      message_id: 'text?',
    },
    key: 'position',
    indexes: [
      ['organisation_id', 'position'],
      ['stream', 'position'],
    ],
  },
  keys: ({ position }) => [position],
  project: (_, { position, stream, revision, type, data, metadata }) => ({
    position,
    organisation_id: metadata.organisationId,
    stream,
    revision: Number(revision),
    type,
    conversation_id: data.conversationId,
    message_id: concerned(data),
  }),
};

/** The message that is new or changed by a fact; null when there is none, or nobody knows it. */
export const concerned = (data: ConversationEvent['data']): MessageId | null => {
  if ('messageId' in data) return data.messageId;
  return 'targetMessageId' in data ? data.targetMessageId : null;
};
