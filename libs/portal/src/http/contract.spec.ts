import { describe, it } from '@jest/globals';
import { portalConversationsContract } from '../spec/contract.js';
import { MemoryConversations } from '../spec/memory-conversations.js';
import { threadOf } from '../spec/portal-app.js';

describe('conversations in memory keep the contract:', () => {
  for (const { name, check } of portalConversationsContract)
    it(name, () => {
      const conversations = new MemoryConversations();
      return check({
        conversations,
        thread: threadOf('thread1'),
        otherThread: threadOf('thread2'),
        say: async (thread, text) => void conversations.tell(thread, { text }),
        // Nothing is kept in memory of where one conversation ends and the next begins.
        end: async () => undefined,
      });
    });
});
