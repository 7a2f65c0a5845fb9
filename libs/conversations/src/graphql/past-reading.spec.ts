import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  contactId,
  conversationId,
  epochMs,
  messageId,
  numberId,
  threadId,
  type DomainEvent,
  type Instant,
  type Position,
} from '#kernel';
import type { Principal } from '#access';
import { accepted, dispatching, outsideWindow, receipt, rejected } from '../spec/dispatches.js';
import * as facts from '../spec/facts.js';
import {
  acme,
  after,
  daniel,
  dayMs,
  first,
  hourMs,
  minuteMs,
  noon,
  number,
  second,
  stream,
} from '../spec/people.js';
import { anyContext, ann, cursors, resolversOf, type Resolvers } from '../spec/reading.js';
import { openViews, type Views } from '../spec/views.js';
import type { AsOf } from './past-moments.js';

type Step = { readonly fact: DomainEvent; readonly stream: string; readonly recordedAt: Instant };

const contactStream = `contact-${acme}-${daniel}`;
const business = `organisation-${acme}`;
const elsewhere = `conversation-${acme}-thread2`;
const there = conversationId(threadId('thread2'), 1);
const another = numberId('number2');

const connected = (id: typeof number, displayPhoneNumber: string): DomainEvent => ({
  type: 'NumberConnected',
  at: noon,
  data: { numberId: id, phoneNumberId: id, businessAccountId: '2080', displayPhoneNumber },
});
const learned = (kind: string, address: string): DomainEvent => ({
  type: 'ContactAddressLearned',
  at: noon,
  data: { kind, address },
});
const opened = (id: typeof number, thread: string): DomainEvent => ({
  type: 'ContactThreadOpened',
  at: noon,
  data: { numberId: id, threadId: threadId(thread) },
});

/** What surrounds the thread, each at the fact of the thread before which it happens. */
const around: { readonly [index: number]: readonly (readonly [string, DomainEvent])[] } = {
  0: [
    [business, { type: 'OrganisationFounded', at: noon, data: { name: 'AcmeMotors' } }],
    [business, connected(number, '+44 7700 900123')],
    [contactStream, { type: 'ContactMet', at: noon, data: { contactId: daniel } }],
    [contactStream, learned('wa_id', '447700900281')],
    [contactStream, opened(number, 'thread1')],
  ],
  20: [
    [contactStream, { type: 'ContactProfileNameChanged', at: noon, data: { profileName: 'Dan' } }],
  ],
  40: [
    [business, connected(another, '+44 7700 900124')],
    [contactStream, opened(another, 'thread2')],
    [
      elsewhere,
      {
        type: 'ConversationStarted',
        at: after(0),
        data: { conversationId: there, episode: 1, numberId: another, contactId: daniel },
      },
    ],
    [elsewhere, facts.wrote(after(0), 'there', { conversationId: there })],
  ],
  60: [
    [contactStream, learned('phone', '+447700900281')],
    [
      business,
      {
        type: 'SmsNumberConnected',
        at: noon,
        data: { smsNumber: '+447700900800', numberId: number },
      },
    ],
  ],
  90: [
    [contactStream, { type: 'SmsConsentWithdrawn', at: noon, data: { source: 'STOP' } }],
    [elsewhere, { type: 'ConversationEnded', at: noon, data: { conversationId: there } }],
  ],
  120: [[contactStream, { type: 'SmsConsentGiven', at: noon, data: { source: 'START' } }]],
  150: [
    [
      business,
      { type: 'ExpiredWindowPolicyChosen', at: noon, data: { policy: 'REQUIRE_TEMPLATE' } },
    ],
  ],
  170: [
    [
      contactStream,
      { type: 'ContactProfileNameChanged', at: noon, data: { profileName: 'Daniel' } },
    ],
  ],
};

/** Facts of the thread until the first conversation ends: what an inbox sees in a day or two. */
const ofFirst = (at: (index: number) => Instant): readonly DomainEvent[] => {
  const told: DomainEvent[] = [facts.started(at(0)), facts.wrote(at(1))];
  for (let round = 0; told.length < 100; round += 1) {
    const name = messageId(`reply-${round}`);
    const when = (offset: number): Instant => at(told.length + offset);
    // A late one now and then, and each answers the one before.
    const late = round % 4 === 3 ? after(-hourMs) : when(0);
    const quotedMessageId = messageId(round === 0 ? 'hello' : `question-${round - 1}`);
    told.push(
      facts.wrote(late, `question-${round}`, { quotedMessageId, opensWindow: round % 5 !== 4 }),
      facts.requested(when(1), name, { quotedMessageId: messageId(`question-${round}`) }),
      dispatching(when(2), { message: name }),
      round % 6 === 5
        ? rejected(when(3), outsideWindow, { message: name })
        : accepted(when(3), { message: name }),
      ...(round % 6 === 5
        ? [facts.windowRefused(when(4), when(2), name)]
        : [receipt(when(4), 'DELIVERED', { message: name })]),
      facts.read(when(5), `question-${round}`),
    );
  }
  return told;
};

/** Then the window closes, a bridge goes out, and the customer begins another conversation. */
const ofSecond = (at: (index: number) => Instant, from: number): readonly DomainEvent[] => {
  const told: DomainEvent[] = [
    facts.requested(at(from), messageId('too-late'), { insideWindow: false }),
    facts.failed(at(from + 1), messageId('too-late')),
    facts.bridgeRequested(at(from + 2), undefined, messageId('too-late')),
    facts.bridgeSent(at(from + 3), { causedBy: messageId('too-late') }),
    facts.ended(at(from + 4)),
    facts.started(at(from + 5), 2),
  ];
  for (let round = 0; from + told.length < 200; round += 1) {
    const when = (offset: number): Instant => at(from + told.length + offset);
    told.push(
      facts.wrote(when(0), `again-${round}`, { conversationId: second }),
      facts.requested(when(1), messageId(`answer-${round}`), { conversationId: second }),
      facts.read(when(2), `again-${round}`, 2),
    );
  }
  return told;
};

/** A minute between two facts, and a day and an hour between the 104th and the next. */
const instantOf = (index: number): Instant =>
  after(index * minuteMs + (index > 103 ? dayMs + hourMs : 0));

const story = (): readonly Step[] => {
  const beginning = ofFirst(instantOf);
  const thread = [...beginning, ...ofSecond(instantOf, beginning.length)];
  return thread.flatMap((fact, index) => {
    const recordedAt = instantOf(index);
    const before = (around[index] ?? []).map(([of, told]) => ({
      fact: told,
      stream: of,
      recordedAt,
    }));
    return [...before, { fact, stream, recordedAt }];
  });
};

type State = { readonly [name: string]: unknown };
type Taken = {
  readonly position: Position;
  readonly recordedAt: Instant;
  readonly isThread: boolean;
  readonly states: readonly (State | null)[];
};

const page = { first: 100 };

/** Everything that clients can see of a conversation, by the resolvers that show it to them. */
const seen = async (
  { conversation, fields, previous, window, message }: Resolvers,
  id: string,
  asOf?: AsOf,
  who: Principal = ann,
): Promise<State | null> => {
  const shape = await conversation.conversation(who, anyContext, id, asOf);
  if (!shape) return null;
  const { people: _, position: __, ...shown } = shape;
  const messages = await fields.messages(shape, page);
  const quoted = await Promise.all(
    messages.nodes.map(async (node) => (await message.quoted(node))?.id ?? null),
  );
  return JSON.parse(
    JSON.stringify({
      ...shown,
      window: { ...shown.window, people: null },
      composer: { ...shown.composer, picker: null },
      lastMessage: shown.lastMessage && { ...shown.lastMessage, people: null },
      messages: messages.nodes.map(({ people: ___, ...node }) => node),
      pageInfo: { ...messages.pageInfo, startCursor: null, endCursor: null },
      quoted,
      decidedBy: await window.decidedBy(shape.window),
      eligibility: await fields.bridgeEligibility(shape),
      previous: (await previous.previousConversations(shape, page)).nodes,
    }),
  );
};

const ids = [first, second, there];

describe('a conversation as it stood', () => {
  let views: Views;
  let resolvers: Resolvers;
  const taken: Taken[] = [];

  beforeAll(async () => {
    views = await openViews();
    for (const { fact, stream: of, recordedAt } of story()) {
      views.clock.moveTo(epochMs(recordedAt));
      await views.record([fact], { stream: of, recordedAt });
      const live = resolversOf(views);
      const states = await Promise.all(ids.map((id) => seen(live, id)));
      const position = await views.log.head();
      if (position === null) throw new Error('nothing was recorded');
      taken.push({ position, recordedAt, states, isThread: of === stream });
    }
    views.clock.moveTo(epochMs(after(30 * dayMs)));
    resolvers = resolversOf(views);
  }, 120_000);
  afterAll(() => views.close());

  const at = (position: Position): AsOf => ({ position: cursors.forLog(position, acme) });

  it('AU3: is at every revision of a thread of 200 facts what was seen live then', async () => {
    expect(taken.filter(({ isThread }) => isThread).length).toBeGreaterThanOrEqual(200);
    for (const { position, states } of taken) {
      const then = await Promise.all(ids.map((id) => seen(resolvers, id, at(position))));
      expect(then).toEqual(states);
    }
  }, 120_000);

  it('AU3: is at every instant what was seen live then', async () => {
    const lastOf = new Map(taken.map((each) => [each.recordedAt, each]));
    // Each fourth: the instants between are as far from their neighbours as these.
    const some = [...lastOf.values()].filter((_, index) => index % 4 === 1);
    for (const { recordedAt, states } of some) {
      const then = await Promise.all(ids.map((id) => seen(resolvers, id, { time: recordedAt })));
      expect(then).toEqual(states);
    }
  }, 120_000);

  it('holds what was recorded at the very instant, and not a millisecond before', async () => {
    const begun = instantOf(0);
    expect(await seen(resolvers, first, { time: begun })).toMatchObject({ revision: 1 });
    expect(await seen(resolvers, first, { time: after(-1) })).toBeNull();
    const wrote = instantOf(1);
    expect(await seen(resolvers, first, { time: wrote })).toMatchObject({ unreadCount: 1 });
    const before = after(epochMs(wrote) - epochMs(noon) - 1);
    expect(await seen(resolvers, first, { time: before })).toMatchObject({ unreadCount: 0 });
  });

  it('R004: its window closes to the millisecond, though nothing was recorded then', async () => {
    const last = (await seen(resolvers, second))?.['window'] as { readonly closesAt: number };
    const closed = last.closesAt - epochMs(noon);
    const open = await seen(resolvers, second, { time: after(closed - 1) });
    expect(open?.['window']).toMatchObject({ status: 'OPEN' });
    const shut = await seen(resolvers, second, { time: after(closed) });
    expect(shut?.['window']).toMatchObject({ status: 'EXPIRED' });
  });

  it('is null before it began, and for what does not exist', async () => {
    const early = taken[3]?.position;
    if (!early) throw new Error('nothing was recorded');
    expect(await seen(resolvers, second, at(early))).toBeNull();
    expect(await seen(resolvers, 'no.1', { time: noon })).toBeNull();
    expect(await seen(resolvers, 'nothing', { time: noon })).toBeNull();
  });

  it('pages through its messages with the cursors that they have now', async () => {
    const middle = taken.at(90);
    if (!middle) throw new Error('nothing was recorded');
    const shape = await resolvers.conversation.conversation(
      ann,
      anyContext,
      first,
      at(middle.position),
    );
    const now = await resolvers.conversation.conversation(ann, anyContext, first);
    if (!shape || !now) throw new Error('there is no conversation');
    const names: string[] = [];
    let cursor: string | null = null;
    for (let more = true; more;) {
      const read: Awaited<ReturnType<Resolvers['fields']['messages']>> =
        await resolvers.fields.messages(shape, { first: 7, after: cursor });
      names.push(...read.nodes.map(({ id }) => id));
      more = read.pageInfo.hasNextPage;
      cursor = read.pageInfo.endCursor;
    }
    const said = middle.states[0]?.['messages'] as readonly { readonly id: string }[];
    expect(names).toEqual(said.map(({ id }) => id));
    const last = await resolvers.fields.messages(shape, { last: 3 });
    const before = await resolvers.fields.messages(now, {
      last: 3,
      before: last.pageInfo.startCursor,
    });
    expect(before.nodes.at(-1)?.id).toBe(names.at(-4));
  });

  it('P20: is not there for another organisation, whose cursors are not ours', async () => {
    const stranger = { ...ann, organisationId: 'other' };
    const time = instantOf(150);
    expect(await seen(resolvers, first, { time }, stranger)).toBeNull();
    await expect(
      seen(resolvers, first, at(taken.at(-1)?.position ?? ('' as Position)), stranger),
    ).rejects.toMatchObject({ extensions: { code: 'CURSOR_EXPIRED' } });
  });

  it.each([
    [{}, 'asOf'],
    [{ time: null, position: null }, 'asOf'],
    [{ time: noon, position: 'any' }, 'asOf'],
    [{ time: after(31 * dayMs) }, 'asOf.time'],
  ])('refuses %j: one moment, and one that has come', async (asOf, field) => {
    await expect(seen(resolvers, first, asOf)).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', field },
    });
  });

  it('refuses a place beyond the end of the log', async () => {
    await expect(seen(resolvers, first, at('ffffffffffffffff' as Position))).rejects.toMatchObject({
      extensions: { code: 'CURSOR_EXPIRED' },
    });
  });

  it('goes on from there: its position is the place that was asked for, else its last fact', async () => {
    const [, , third] = taken;
    const last = taken.findLast(({ isThread }) => isThread);
    if (!third || !last) throw new Error('nothing was recorded');
    const { conversation } = resolvers;
    const byPlace = await conversation.conversation(ann, anyContext, second, at(last.position));
    expect(byPlace?.position).toBe(cursors.forLog(last.position, acme));
    const time = after(20 * dayMs);
    const byTime = await conversation.conversation(ann, anyContext, second, { time });
    expect(byTime?.position).toBe(cursors.forLog(last.position, acme));
  });

  it('knows contacts of others no more than conversations', async () => {
    expect(
      await resolvers.node.node({ ...ann, organisationId: 'other' }, anyContext, contactId(daniel)),
    ).toBeNull();
  });
});
