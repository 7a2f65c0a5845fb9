import assert from 'node:assert/strict';
import type { PortalThread } from '../domain/events.js';
import {
  CursorUnknown,
  type PortalChange,
  type PortalConversations,
} from '../http/portal-conversations.js';

/** Conversations with two threads of one organisation, and somebody who answers in them. */
export type PortalWorld = {
  readonly conversations: PortalConversations;
  readonly thread: PortalThread;
  readonly otherThread: PortalThread;
  /** The business says something in a thread; resolves once a page can show it. */
  readonly say: (thread: PortalThread, text: string) => Promise<void>;
  /** The business ends the thread's conversation. */
  readonly end: (thread: PortalThread) => Promise<void>;
};

/** One promise of the port. `check` is given a world of its own, and throws an AssertionError. */
export type Promised = {
  readonly name: string;
  readonly check: (world: PortalWorld) => Promise<void>;
};

const textsOf = async ({ conversations }: PortalWorld, thread: PortalThread) => {
  const { messages } = await conversations.page(thread);
  // A new array: the one that is given may come from another thread, with prototypes of its own.
  return Array.from(messages, ({ from, text }) => `${from}: ${text}`);
};

/** The next `count` changes after a cursor; then it stops following. */
const changes = async (
  { conversations, thread }: PortalWorld,
  after: string | null,
  count: number,
): Promise<readonly PortalChange[]> => {
  const stop = new AbortController();
  const seen: PortalChange[] = [];
  for await (const change of conversations.follow(thread, after, stop.signal)) {
    seen.push(change);
    if (seen.length >= count) stop.abort();
  }
  return seen;
};

const textsIn = (seen: readonly PortalChange[]): readonly string[] =>
  seen.map(({ message }) => message.text);

/** What the portal relies on in its conversations. */
export const portalConversationsContract: readonly Promised[] = [
  {
    name: 'shows what both have said in the thread, oldest first, and nothing of another',
    check: async (world) => {
      await world.say(world.thread, 'one');
      await world.say(world.otherThread, 'secret');
      assert.equal(await world.conversations.write(world.thread, 'two', 'key-two'), 'written');
      await world.say(world.thread, 'three');
      const expected = ['business: one', 'customer: two', 'business: three'];
      assert.deepEqual(await textsOf(world, world.thread), expected);
      assert.deepEqual(await textsOf(world, world.otherThread), ['business: secret']);
    },
  },
  {
    name: 'R160: takes what the customer writes as a message that came by the portal',
    check: async (world) => {
      await world.conversations.write(world.thread, 'from here', 'key-one');
      const [message] = (await world.conversations.page(world.thread)).messages;
      assert.deepEqual([message?.from, message?.channel], ['customer', 'PORTAL']);
    },
  },
  {
    name: 'writes once for one key, also at once, and again for another',
    check: async (world) => {
      const { conversations, thread } = world;
      const written = await Promise.all(
        ['key-one', 'key-one', 'key-two'].map((key) => conversations.write(thread, 'hello', key)),
      );
      assert.deepEqual(written, ['written', 'written', 'written']);
      assert.equal((await textsOf(world, thread)).length, 2);
    },
  },
  {
    name: 'starts the next conversation with what is written after the end, and shows it',
    check: async (world) => {
      await world.say(world.thread, 'one');
      await world.end(world.thread);
      const { cursor } = await world.conversations.page(world.thread);
      assert.equal(await world.conversations.write(world.thread, 'two', 'key-two'), 'written');
      const expected = ['business: one', 'customer: two'];
      assert.deepEqual(await textsOf(world, world.thread), expected);
      assert.deepEqual(textsIn(await changes(world, cursor, 1)), ['two']);
    },
  },
  {
    name: 'follows on from the page without a gap, and nothing of another thread',
    check: async (world) => {
      await world.say(world.thread, 'shown');
      const { cursor } = await world.conversations.page(world.thread);
      await world.say(world.otherThread, 'secret');
      await world.say(world.thread, 'new');
      assert.deepEqual(textsIn(await changes(world, cursor, 1)), ['new']);
    },
  },
  {
    name: 'follows on from any change that it has told',
    check: async (world) => {
      await world.say(world.thread, 'zero');
      const { cursor } = await world.conversations.page(world.thread);
      for (const text of ['one', 'two', 'three']) await world.say(world.thread, text);
      const told = await changes(world, cursor, 3);
      assert.deepEqual(textsIn(told), ['one', 'two', 'three']);
      const rest = await changes(world, told[0]?.cursor ?? null, 2);
      assert.deepEqual(textsIn(rest), ['two', 'three']);
    },
  },
  {
    name: 'tells what comes while it is followed, and ends when it is told to',
    check: async (world) => {
      await world.say(world.thread, 'zero');
      const { cursor } = await world.conversations.page(world.thread);
      const following = changes(world, cursor, 1);
      await world.say(world.thread, 'live');
      assert.deepEqual(textsIn(await following), ['live']);
      const aborted = AbortSignal.abort();
      for await (const change of world.conversations.follow(world.thread, cursor, aborted))
        assert.fail(`told ${change.cursor} after the end`);
    },
  },
  {
    name: 'knows when a cursor is none of its own',
    check: async (world) => {
      const { signal } = new AbortController();
      const following = world.conversations.follow(world.thread, '???', signal);
      await assert.rejects(async () => {
        for await (const change of following) assert.fail(`told ${change.cursor}`);
      }, CursorUnknown);
    },
  },
];
