import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { conversationId } from '#kernel';
import { CursorUnknown } from '#portal';
import { portalConversationsContract } from '#portal/spec';
import { other, threadOf } from './spec/bridged-thread.js';
import { openPortal, type OpenedPortal } from './spec/portal-world.js';

let portal: OpenedPortal;
beforeEach(async () => {
  portal = await openPortal();
});
afterEach(() => portal.close());

describe('the conversations that are kept keep the contract:', () => {
  for (const { name, check } of portalConversationsContract) it(name, () => check(portal));
});

describe('the conversations that are kept', () => {
  it('R087: begin without a trace of what brought the customer here', async () => {
    const page = await portal.conversations.page(portal.thread);
    expect(page).toMatchObject({
      businessName: 'Acme Motors',
      whatsAppUrl: 'https://wa.me/447700900123',
      messages: [],
    });
  });

  it('R007 R160: take a message down as the customer’s own, which opens no window', async () => {
    expect(await portal.conversations.write(portal.thread, 'I am here', 'key-one')).toBe('written');
    const fact = (await portal.facts(portal.thread)).at(-1);
    expect(fact).toMatchObject({
      type: 'CustomerMessageReceived',
      data: {
        conversationId: conversationId(portal.thread.threadId, 1),
        channel: 'PORTAL',
        content: { kind: 'text', text: 'I am here', extras: {} },
        opensWindow: false,
        windowClosesAt: null,
      },
      metadata: {
        actor: { kind: 'customer', id: portal.thread.contactId },
        subject: portal.thread.contactId,
      },
    });
  });

  it('start the next conversation with what is written after the end', async () => {
    await portal.end(portal.thread);
    await portal.conversations.write(portal.thread, 'again', 'key-one');
    const told = (await portal.facts(portal.thread)).slice(-2);
    expect(told.map(({ type }) => type)).toEqual([
      'ConversationStarted',
      'CustomerMessageReceived',
    ]);
    expect(told.map(({ data }) => data.conversationId)).toEqual(
      [1, 2].map(() => conversationId(portal.thread.threadId, 2)),
    );
  });

  it('keep a key apart in each thread', async () => {
    for (const thread of [portal.thread, portal.otherThread])
      await portal.conversations.write(thread, 'the same words', 'the-same-key');
    for (const thread of [portal.thread, portal.otherThread])
      expect((await portal.conversations.page(thread)).messages).toHaveLength(1);
  });

  it('are busy when too much is asked at once, and have then written nothing', async () => {
    const keys = Array.from({ length: 1_200 }, (_, index) => `key-number-${index}`);
    const answers = await Promise.all(
      keys.map((key) => portal.conversations.write(portal.thread, key, key)),
    );
    const written = answers.filter((answer) => answer === 'written').length;
    expect(answers).toContain('busy');
    expect(answers.filter((answer) => answer === 'busy')).toHaveLength(keys.length - written);
    const kept = (await portal.facts(portal.thread)).filter(
      ({ type }) => type === 'CustomerMessageReceived',
    );
    expect(kept).toHaveLength(written);
  });

  it('show the newest two hundred', async () => {
    const texts = Array.from({ length: 201 }, (_, index) => `message ${index}`);
    for (const text of texts)
      await portal.conversations.write(portal.thread, text, text.replace(' ', '-key-'));
    const { messages } = await portal.conversations.page(portal.thread);
    expect(messages.map(({ text }) => text)).toEqual(texts.slice(1));
  });

  it('do not know a cursor of another organisation, nor one beyond the end of the log', async () => {
    const { conversations, platform, thread } = portal;
    const foreign = threadOf('thread3', other);
    await portal.bridges(foreign);
    const { cursor } = await conversations.page(foreign);
    const beyond = platform.cursors.forLog('9'.repeat(20) as never, thread.organisationId);
    for (const bad of [cursor, beyond]) {
      const following = conversations.follow(thread, bad, AbortSignal.timeout(5_000));
      await expect(following[Symbol.asyncIterator]().next()).rejects.toThrow(CursorUnknown);
    }
  });
});
