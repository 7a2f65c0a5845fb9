import { reject, type ConversationId, type Instant, type Rejection } from '#kernel';
import type { TemplateRefused } from '#templates';
import type { MessageContent } from '../content.js';
import type { ConversationEvent } from '../events.js';
import type { Thread } from '../thread.js';

/** A wish of a type. `at` is the domain clock when it was made. */
export type Wish<Type extends string, Fields extends object> = {
  readonly type: Type;
  readonly at: Instant;
} & Fields;

/** The content goes by WhatsApp alone, and the message was to go elsewhere. */
export type ContentNeedsWhatsApp = Rejection<
  'ContentNeedsWhatsApp',
  { readonly content: MessageContent['kind']; readonly channel: 'SMS' | 'PORTAL' }
>;

export type ConversationRejection =
  | Rejection<'ThreadIsClosed'>
  | Rejection<'ConversationUnknown'>
  | Rejection<'ConversationHasEnded', { readonly currentConversationId: ConversationId | null }>
  | Rejection<'ConversationMovedOn', { readonly revision: number }>
  | Rejection<'IdempotencyKeyUsedOtherwise'>
  | Rejection<'QuotedMessageUnknown'>
  | Rejection<'TextTooLong', { readonly limit: number; readonly actual: number }>
  | ContentNeedsWhatsApp
  | TemplateRefused
  | Rejection<'MessageUnknown'>
  | Rejection<'MessageNotUnconfirmed'>;

export type Decision = readonly ConversationEvent[] | ConversationRejection;

/** Why nothing may be written in this conversation, or null when it may. */
export const notWritable = (
  thread: Thread,
  conversationId: ConversationId,
): ConversationRejection | null => {
  if (!isEpisodeOf(thread, conversationId)) return reject('ConversationUnknown');
  const current = thread.episode;
  if (current?.conversationId === conversationId && current.lifecycle === 'ACTIVE') return null;
  const currentConversationId = current?.lifecycle === 'ACTIVE' ? current.conversationId : null;
  return reject('ConversationHasEnded', { currentConversationId });
};

/** Refuses a writer who has not seen what he should have seen. */
export const movedOn = (
  thread: Thread,
  expectedRevision: number | null,
): Rejection<'ConversationMovedOn', { readonly revision: number }> | null =>
  expectedRevision === null || expectedRevision === thread.writerRevision
    ? null
    : reject('ConversationMovedOn', { revision: thread.writerRevision });

/** An episode that has been: its number is not beyond the newest one's. */
const isEpisodeOf = (thread: Thread, conversationId: ConversationId): boolean => {
  const current = thread.episode;
  if (!current) return false;
  const [thisThread] = current.conversationId.split('.');
  const [thatThread, episode] = conversationId.split('.');
  return thisThread === thatThread && Number(episode) <= current.number;
};
