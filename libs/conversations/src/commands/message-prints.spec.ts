import { expect, it } from '@jest/globals';
import { threadId, type ThreadId } from '#kernel';
import { conversationDecider, type ConversationCommand } from '../domain/conversation.js';
import { handedOn } from '../domain/decisions/close-thread.js';
import { acme, after, daniel, noon, number } from '../spec/people.js';
import { receive } from '../spec/wishes.js';
import { contextAt, world } from '../spec/world.js';
import { MessagePrints } from './message-prints.js';

const [oldest, older, newest] = ['oldest', 'older', 'newest'].map(threadId) as [
  ThreadId,
  ThreadId,
  ThreadId,
];

it('P7: a thread knows what the threads received that were closed into it, one after the other', async () => {
  const { decisions } = world();
  const say = (thread: ThreadId, command: ConversationCommand) =>
    decisions.run(conversationDecider, `${acme}-${thread}`, command, contextAt(noon));
  const merge = async (from: ThreadId, into: ThreadId) => {
    const at = after(9);
    const close = { type: 'CloseThread' as const, at, threadId: from };
    const { state } = await say(from, { ...close, into: { contactId: daniel, threadId: into } });
    const between = { threadId: into, numberId: number, contactId: daniel };
    const handed = handedOn(state, from);
    await say(into, { type: 'AbsorbThread', at, ...between, handed, wasActive: true });
  };
  for (const thread of [oldest, older, newest])
    await say(thread, receive(noon, thread, { threadId: thread }));
  await merge(oldest, older);
  await merge(older, newest);
  const fingerprints = { of: async (_: string, __: string, id: string) => `print-${id}` };
  const prints = new MessagePrints(decisions, fingerprints);
  for (const known of [oldest, older]) expect(await prints.ofNews(acme, newest, known)).toBeNull();
  for (const own of [newest, 'new'])
    expect(await prints.ofNews(acme, newest, own)).toBe(`print-${own}`);
  expect(await prints.ofNews(acme, oldest, newest)).toBe('print-newest');
});
