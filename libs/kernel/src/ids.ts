declare const brand: unique symbol;

/** A primitive that only one function can make, so that ids of different things never mix. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

export type OrganisationId = Brand<string, 'OrganisationId'>;
export type NumberId = Brand<string, 'NumberId'>;
export type ContactId = Brand<string, 'ContactId'>;
/** One business number and one contact; the unit of order and of the log's streams. */
export type ThreadId = Brand<string, 'ThreadId'>;
/** One episode of a thread. Holds the thread's id and the episode's number; never used again. */
export type ConversationId = Brand<string, 'ConversationId'>;
export type MessageId = Brand<string, 'MessageId'>;
export type TemplateId = Brand<string, 'TemplateId'>;
export type MemberId = Brand<string, 'MemberId'>;
export type CommandId = Brand<string, 'CommandId'>;
export type EventId = Brand<string, 'EventId'>;

export const organisationId = (value: string): OrganisationId => value as OrganisationId;
export const numberId = (value: string): NumberId => value as NumberId;
export const contactId = (value: string): ContactId => value as ContactId;
export const threadId = (value: string): ThreadId => value as ThreadId;
export const messageId = (value: string): MessageId => value as MessageId;
export const templateId = (value: string): TemplateId => value as TemplateId;
export const memberId = (value: string): MemberId => value as MemberId;
export const commandId = (value: string): CommandId => value as CommandId;
export const eventId = (value: string): EventId => value as EventId;

/** The id of the episode `number` (from 1) of a thread. */
export const conversationId = (thread: ThreadId, episode: number): ConversationId =>
  `${thread}.${episode}` as ConversationId;

/** The thread and the episode that a conversation id names, or null when it names none. */
export const parseConversationId = (
  value: string,
): { readonly thread: ThreadId; readonly episode: number } | null => {
  const match = /^([a-z0-9]{1,64})\.([1-9][0-9]{0,8})$/.exec(value);
  return match ? { thread: threadId(match[1] ?? ''), episode: Number(match[2]) } : null;
};
