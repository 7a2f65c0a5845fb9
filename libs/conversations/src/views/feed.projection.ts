import { epochMs, type MessageId, type Position, type Projection } from '#kernel';
import { contactEventTypes, type ContactEvent } from '#contacts';
import { organisationEventTypes, type OrganisationEvent } from '#organisations';
import { templateEventTypes, type TemplateEvent, type TemplateNamesEvent } from '#templates';
import { conversationEventTypes, type ConversationEvent } from '../domain/events.js';

export type FeedRow = {
  readonly position: Position;
  readonly organisation_id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly recorded_at: number;
  /** Null for facts of contacts, of templates and of the organisation itself. */
  readonly conversation_id: string | null;
  readonly message_id: string | null;
};

/** What can be told of an organisation: its conversations, contacts and templates, and itself. */
type Told =
  ConversationEvent | ContactEvent | OrganisationEvent | TemplateEvent | TemplateNamesEvent;

/** Whose address is whose stands in streams of its own, which are nobody's business. */
const untold = ['AddressClaimed', 'AddressReleased', 'AddressAssigned'] as const;

type Untold = (typeof untold)[number];

const isTold = <Type extends string>(type: Type): type is Exclude<Type, Untold> =>
  !untold.some((each) => each === type);

/**
 * What happened in an organisation, in the order of the log: subscriptions resume from here, and the
 * query `events` reads it. One view for both: the facts that only the query tells are few, and the
 * subscriptions step over them along the same index.
 */
export const feedProjection: Projection<Told, FeedRow> = {
  kind: 'projection',
  name: 'feed',
  version: 5,
  streams: ['conversation-', 'contact-', 'organisation-', 'templates-', 'template-'],
  types: [
    ...conversationEventTypes,
    ...contactEventTypes.filter(isTold),
    ...organisationEventTypes.filter(isTold),
    ...templateEventTypes,
  ],
  table: {
    name: 'feed',
    columns: {
      position: 'text',
      organisation_id: 'text',
      stream: 'text',
      revision: 'integer',
      type: 'text',
      recorded_at: 'integer',
      conversation_id: 'text?',
      message_id: 'text?',
    },
    key: 'position',
    indexes: [
      ['organisation_id', 'position'],
      ['stream', 'position'],
      ['organisation_id', 'type', 'position'],
      ['organisation_id', 'recorded_at', 'position'],
    ],
  },
  rowPerFact: true,
  keys: ({ position }) => [position],
  project: (_, { position, stream, revision, type, data, metadata }) => ({
    position,
    organisation_id: metadata.organisationId,
    stream,
    revision: Number(revision),
    type,
    recorded_at: epochMs(metadata.recordedAt),
    conversation_id: 'conversationId' in data ? data.conversationId : null,
    message_id: concerned(data),
  }),
};

/** The message that is new or changed by a fact; null when there is none, or nobody knows it. */
export const concerned = (data: Told['data']): MessageId | null => {
  if ('messageId' in data) return data.messageId;
  return 'targetMessageId' in data ? data.targetMessageId : null;
};
