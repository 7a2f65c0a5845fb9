import type { Thread } from '../thread.js';
import { movedOn, notWritable, type Decision, type Wish } from './decision.js';
import type { ConversationId } from '#kernel';

export type EndConversation = Wish<
  'EndConversation',
  { readonly conversationId: ConversationId; readonly expectedRevision: number | null }
>;

/** Ends the episode; the customer's next message begins another. Ending it twice ends it once. */
export const endConversation = (thread: Thread, command: EndConversation): Decision => {
  const refused = notWritable(thread, command.conversationId);
  if (refused) return refused.rejected === 'ConversationHasEnded' ? [] : refused;
  const moved = movedOn(thread, command.expectedRevision);
  if (moved) return moved;
  const { conversationId } = command;
  return [{ type: 'ConversationEnded', at: command.at, data: { conversationId } }];
};
