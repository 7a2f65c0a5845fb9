import type { EndConversation } from '../commands.js';
import type { Thread } from '../thread.js';
import { movedOn, notWritable, type Decision } from './decision.js';

/** Ends the episode; the customer's next message begins another. Ending it twice ends it once. */
export const endConversation = (thread: Thread, command: EndConversation): Decision => {
  const refused = notWritable(thread, command.conversationId);
  if (refused) return refused.rejected === 'ConversationHasEnded' ? [] : refused;
  const moved = movedOn(thread, command.expectedRevision);
  if (moved) return moved;
  const { conversationId } = command;
  return [{ type: 'ConversationEnded', at: command.at, data: { conversationId } }];
};
