import type { Map } from 'immutable';
import {
  isErased,
  type ConversationId,
  type Instant,
  type MessageId,
  type Personal,
} from '#kernel';
import type { MessageContent, MediaContent } from '../content.js';
import type { MediaDeferred } from './events.js';

/** A file that a message of the provider's has, and that is still to be fetched. */
export type AwaitedMedia = {
  readonly conversationId: ConversationId;
  readonly content: MediaContent;
  /** When we heard of it: the provider keeps it for a while from then on. */
  readonly receivedAt: Instant;
  /** How often it could not be fetched. */
  readonly attempts: number;
  /** Whether it waits for its next attempt's time. */
  readonly isDeferred: boolean;
};

/** By the message that it belongs to. */
export type AwaitedMedias = Map<MessageId, AwaitedMedia>;

type Told = {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly content: Personal<MessageContent>;
  readonly receivedAt: Instant;
};

/** A message came: its file is awaited, if it has one. Files of SMS are not in the content. */
export const mediaAwaited = (media: AwaitedMedias, told: Told): AwaitedMedias => {
  const { messageId, conversationId, content, receivedAt } = told;
  if (isErased(content) || content.kind !== 'media') return media;
  return media.set(messageId, {
    conversationId,
    content,
    receivedAt,
    attempts: 0,
    isDeferred: false,
  });
};

export const mediaDeferred = (
  media: AwaitedMedias,
  { messageId, attempt }: MediaDeferred['data'],
): AwaitedMedias => {
  const awaited = media.get(messageId);
  return awaited
    ? media.set(messageId, { ...awaited, attempts: attempt, isDeferred: true })
    : media;
};

export const mediaRetryDue = (media: AwaitedMedias, messageId: MessageId): AwaitedMedias => {
  const awaited = media.get(messageId);
  return awaited ? media.set(messageId, { ...awaited, isDeferred: false }) : media;
};
