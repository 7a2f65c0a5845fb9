import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  contactId,
  conversationId,
  messageId,
  organisationId,
  threadId,
  type MessageId,
  type OrganisationId,
  type Position,
  type ThreadId,
} from '#kernel';
import { History, LiveTail, SystemTimer, tailLimits } from '#engine';
import type { ConversationEvent } from '../domain/events.js';
import { accepted, badNumber, dispatching, receipt, rejected } from '../spec/dispatches.js';
import {
  bridgeRequested,
  bridgeSent,
  ended,
  failed,
  posted,
  requested,
  started,
  wrote,
} from '../spec/facts.js';
import { acme, after, noon, number, reply, thread } from '../spec/people.js';
import { openViews, type Views } from '../spec/views.js';
import { Changes } from './changes.js';
import { PortalThreads } from './portal-threads.js';

const other = organisationId('other');
const limit = 200;

const told = (name: string): MessageId => messageId(name);
const inPortal = (name: string, at = noon): readonly ConversationEvent[] => [
  requested(at, told(name), { channel: 'PORTAL' }),
  posted(at, told(name)),
];
const refused = (at = noon): readonly ConversationEvent[] => [
  requested(at),
  failed(at),
  bridgeRequested(at),
];

describe('a thread, as its customer sees it', () => {
  let views: Views;
  let tail: LiveTail<ConversationEvent>;
  let threads: PortalThreads;

  beforeEach(async () => {
    views = await openViews();
    tail = new LiveTail(views.log, new SystemTimer(), ['conversation-'], tailLimits);
    await tail.start();
    threads = new PortalThreads(
      views.views,
      new Changes(views.views, tail, new History(views.log)),
    );
  });
  afterEach(async () => {
    await tail.stop();
    await views.close();
  });

  /** Facts of a thread of another name, in its own stream. */
  const elsewhere = async (name: ThreadId, organisation: OrganisationId = acme): Promise<void> => {
    const of = { conversationId: conversationId(name, 1), contactId: contactId(`c${name}`) };
    const start = started(noon);
    await views.record(
      [{ ...start, data: { ...start.data, ...of } }, wrote(noon, `secret${name}`, of)],
      { organisationId: organisation, stream: `conversation-${organisation}-${name}` },
    );
  };
  const page = (organisation = acme, name = thread, size = limit) =>
    threads.page(organisation, name, size);
  const texts = async (size = limit) =>
    (await page(acme, thread, size)).messages.map(({ text }) => text);
  /** `count` changes after a position; what was recorded before the tail began comes from the feed. */
  const changes = async (from: Position | null, count: number) => {
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const { message } of threads.follow(acme, thread, from, stop.signal)) {
      seen.push(`${message.text} ${message.status}`);
      if (seen.length >= count) stop.abort();
    }
    return seen;
  };
  /** The same facts, heard of by a process that begins only now. */
  const beginAnew = async (): Promise<void> => {
    await tail.stop();
    tail = new LiveTail(views.log, new SystemTimer(), ['conversation-'], tailLimits);
    await tail.start();
    threads = new PortalThreads(
      views.views,
      new Changes(views.views, tail, new History(views.log)),
    );
  };

  it('R100 R160: holds all its conversations and channels, by time, and of nobody else’s', async () => {
    await elsewhere(threadId('thread'));
    await elsewhere(threadId('thread10'));
    await elsewhere(threadId('thread11'));
    await views.record([started(noon), wrote(after(2), 'one'), ended(after(3))]);
    const again = { conversationId: conversationId(thread, 2) };
    await views.record([
      started(after(4), 2),
      wrote(after(4), 'three', { ...again, channel: 'PORTAL' }),
      // Late: it is shown where it belongs.
      wrote(after(3), 'two', { ...again, channel: 'SMS' }),
    ]);
    expect(await texts()).toEqual(['one', 'two', 'three']);
    expect((await page()).numberId).toBe(number);
    expect((await page()).messages.map(({ channel }) => channel)).toEqual([
      'WHATSAPP',
      'SMS',
      'PORTAL',
    ]);
  });

  it('is nothing to another organisation, nor is a thread that nobody has', async () => {
    await views.record([started(noon), wrote(noon, 'one')]);
    const nothing = { messages: [], numberId: null };
    expect(await page(other)).toMatchObject(nothing);
    expect(await page(acme, threadId('nobodys'))).toMatchObject(nothing);
  });

  it('shows the newest alone when there are many', async () => {
    const names = ['one', 'two', 'three', 'four'];
    await views.record([started(noon), ...names.map((name, at) => wrote(after(at), name))]);
    expect(await texts(4)).toEqual(names);
    expect(await texts(3)).toEqual(['two', 'three', 'four']);
  });

  it('R077 R087: shows neither what was refused nor the bridge, nor keeps a place for them', async () => {
    await views.record([started(noon), wrote(noon, 'one'), ...refused(after(1))]);
    await views.record([
      dispatching(after(2), { message: told('bridge1') }),
      bridgeSent(after(2)),
      receipt(after(3), 'DELIVERED', { message: told('bridge1') }),
    ]);
    expect(await texts()).toEqual(['one']);
    expect(await texts(1)).toEqual(['one']);
  });

  it('is told of what comes, in order and once, and of nothing that is hidden', async () => {
    await views.record([started(noon), wrote(noon, 'shown')]);
    const { position } = await page();
    await elsewhere(threadId('thread10'));
    await views.record([...refused(), bridgeSent(noon), ...inPortal('one'), wrote(noon, 'two')]);
    const expected = ['one SENT', 'two DELIVERED'];
    expect(await changes(position, 2)).toEqual(expected);
    await beginAnew();
    expect(await changes(position, 2)).toEqual(expected);
  });

  it('is told on from a change, and what comes meanwhile', async () => {
    await views.record([started(noon), ...inPortal('one'), ...inPortal('two')]);
    const stop = new AbortController();
    const { position } = await page();
    const live = threads.follow(acme, thread, position, stop.signal);
    const next = live.next();
    await views.record(inPortal('three'));
    const heard = (await next).value;
    expect(heard?.message.text).toBe('three');
    stop.abort();
    expect((await live.next()).done).toBe(true);
    await views.record(inPortal('four'));
    expect(await changes(heard?.position ?? null, 1)).toEqual(['four SENT']);
  });

  it.each<[string, ConversationEvent]>([
    ['by its receipt', receipt(after(1), 'FAILED', {}, badNumber)],
    ['at once', rejected(after(1), badNumber)],
  ])(
    'R077: is told that an answer it has seen failed %s, and no page shows it',
    async (_, fact) => {
      await views.record([started(noon), requested(noon), dispatching(noon)]);
      const shown = await page();
      expect(shown.messages.map(({ text, status }) => [text, status])).toEqual([
        [reply, 'PENDING'],
      ]);
      await views.record([fact]);
      expect(await changes(shown.position, 1)).toEqual([`${reply} FAILED`]);
      expect(await texts()).toEqual([]);
      await beginAnew();
      expect(await changes(shown.position, 1)).toEqual([`${reply} FAILED`]);
    },
  );

  it('is told of an answer when it is on its way, and of what becomes of it', async () => {
    await views.record([started(noon), wrote(noon, 'shown')]);
    const stop = new AbortController();
    const live = threads.follow(acme, thread, (await page()).position, stop.signal);
    const status = async () => (await live.next()).value?.message.status;
    await views.record([requested(noon), dispatching(noon)]);
    expect(await status()).toBe('PENDING');
    await views.record([accepted(noon), receipt(after(1), 'DELIVERED')]);
    expect(await status()).toBe('DELIVERED');
    stop.abort();
  });

  it('ends when the process goes away', async () => {
    await views.record([started(noon)]);
    const never = new AbortController();
    const live = threads.follow(acme, thread, (await page()).position, never.signal);
    const next = live.next();
    await tail.stop();
    expect((await next).done).toBe(true);
  });
});
