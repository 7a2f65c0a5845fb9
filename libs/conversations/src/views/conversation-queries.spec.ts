import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  contactId,
  conversationId,
  epochMs,
  instant,
  numberId,
  organisationId,
  threadId,
  type DomainEvent,
} from '#kernel';
import type { PageRequest } from '#view-store';
import { windowStatus } from '../domain/window.js';
import { ended, read, requested, started, windowRefused, wrote } from '../spec/facts.js';
import { acme, after, dayMs, hourMs, minuteMs, noon } from '../spec/people.js';
import { openViews, type Views } from '../spec/views.js';
import {
  ConversationQueries,
  type InboxFilter,
  type InboxPlace,
  type InboxRow,
  type MessagePlace,
} from './conversation-queries.js';
import { windowOf } from './threads.projection.js';

const other = organisationId('other');
const nowMs = epochMs(after(dayMs));
const wholeList: PageRequest<InboxPlace> = { size: 100, from: 'start', beyond: null };

let opened: Views | null = null;
const views = (): Views => {
  if (!opened) throw new Error('the views are not open');
  return opened;
};
const at = (ms: number): ConversationQueries =>
  new ConversationQueries(views().views, { now: () => ms, until: async () => undefined });

type Told = {
  readonly name?: string;
  readonly waId?: string;
  readonly numberId?: string;
  readonly organisationId?: typeof acme;
  readonly facts?: (id: ReturnType<typeof conversationId>) => readonly DomainEvent[];
};

/** A thread whose customer wrote `wroteMs` after noon; null: never in a way that opens the window. */
const talk = async (name: string, wroteMs: number | null, told: Told = {}) => {
  const id = conversationId(threadId(name), 1);
  const start = started(noon);
  const of = {
    conversationId: id,
    numberId: numberId(told.numberId ?? 'number1'),
    contactId: contactId(`${name}contact`),
  };
  const hello =
    wroteMs === null
      ? wrote(noon, `${name}hello`, {
          conversationId: id,
          opensWindow: false,
          windowClosesAt: null,
        })
      : wrote(after(wroteMs), `${name}hello`, { conversationId: id });
  const where = { organisationId: told.organisationId ?? acme };
  await views().record(
    [{ ...start, data: { ...start.data, ...of } }, hello, ...(told.facts?.(id) ?? [])],
    { ...where, stream: `conversation-${where.organisationId}-${name}` },
  );
  const profileName = told.name ?? name;
  await views().record(
    [
      { type: 'ContactMet', at: noon, data: { contactId: of.contactId } },
      {
        type: 'ContactAddressLearned',
        at: noon,
        data: {
          kind: 'wa_id',
          address: told.waId ?? '447700900281',
          numberId: numberId('number1'),
        },
      },
      { type: 'ContactProfileNameChanged', at: noon, data: { profileName } },
    ],
    { ...where, stream: `contact-${where.organisationId}-${of.contactId}` },
  );
  return id;
};

const names = (rows: readonly InboxRow[]) => rows.map(({ thread_id }) => thread_id);
const listed = async (filter: InboxFilter, ms = nowMs, organisation = acme) =>
  names((await at(ms).conversations(organisation, filter, wholeList)).rows);

afterAll(() => opened?.close());

describe('the inbox', () => {
  beforeAll(async () => {
    opened = await openViews();
    const notRead = (ms: number) => (id: ReturnType<typeof conversationId>) => [
      { ...read(after(ms)), data: { ...read(after(ms)).data, conversationId: id } },
    ];
    // Their windows close a millisecond after, at, and long after "now".
    await talk('open', 1, { name: 'Ann 100%', facts: notRead(2) });
    await talk('expired', 0, { name: "O'Brien", waId: '4915112345678' });
    await talk('fresh', 12 * hourMs, { name: 'Ünal_Ö' });
    await talk('never', null, { name: 'Back\\slash' });
    await talk('refused', 11 * hourMs, {
      numberId: 'number2',
      facts: (id) => {
        const refusal = windowRefused(after(11 * hourMs + 2), after(11 * hourMs + 1));
        return [{ ...refusal, data: { ...refusal.data, conversationId: id } }];
      },
    });
    await talk('over', 5, {
      facts: (id) => [{ ...ended(after(6)), data: { conversationId: id } }],
    });
    await talk('theirs', 12 * hourMs, { organisationId: other, name: 'Ann 100%' });
  });

  it('R022: lists the newest activity first, each row with its window', async () => {
    const { rows } = await at(nowMs).conversations(acme, {}, wholeList);
    expect(names(rows)).toEqual(['fresh', 'refused', 'over', 'open', 'never', 'expired']);
    const statuses = rows.map((row) => windowStatus(windowOf(row), nowMs));
    expect(statuses).toEqual(['OPEN', 'EXPIRED', 'OPEN', 'OPEN', 'NEVER_OPENED', 'EXPIRED']);
  });

  it('R003: filters by the window, on both sides of the boundary', async () => {
    expect(await listed({ window: 'OPEN' })).toEqual(['fresh', 'over', 'open']);
    expect(await listed({ window: 'EXPIRED' })).toEqual(['refused', 'expired']);
    expect(await listed({ window: 'NEVER_OPENED' })).toEqual(['never']);
    expect(await listed({ window: 'OPEN' }, nowMs - 1)).toContain('expired');
    expect(await listed({ window: 'OPEN' }, nowMs + 1)).not.toContain('open');
  });

  it('finds the windows that close within some minutes: open now, and closed by then', async () => {
    expect(await listed({ expiringWithinMinutes: 0 })).toEqual([]);
    expect(await listed({ expiringWithinMinutes: 1 })).toEqual(['over', 'open']);
    const twelveHours = 12 * 60;
    expect(await listed({ expiringWithinMinutes: twelveHours })).toEqual(['fresh', 'over', 'open']);
    expect(await listed({ expiringWithinMinutes: twelveHours - 1 })).toEqual(['over', 'open']);
    expect(await listed({ expiringWithinMinutes: 1 }, nowMs - minuteMs)).toEqual(['expired']);
  });

  it('filters by lifecycle, status, number and what is unread', async () => {
    expect(await listed({ lifecycle: 'ENDED' })).toEqual(['over']);
    expect(await listed({ lifecycle: 'ACTIVE' })).not.toContain('over');
    expect(await listed({ status: 'RESOLVED' })).toEqual(['over']);
    expect(await listed({ numberId: 'number2' })).toEqual(['refused']);
    expect(await listed({ unread: false })).toEqual(['open']);
    expect(await listed({ unread: true })).not.toContain('open');
    expect(await listed({ window: 'OPEN', lifecycle: 'ACTIVE', unread: true })).toEqual(['fresh']);
    expect(await listed({ window: null, unread: null, search: null })).toHaveLength(6);
  });

  it.each([
    ['ann', ['open']],
    ['100%', ['open']],
    ['%', ['open']],
    ['_', ['fresh']],
    ['ünal', ['fresh']],
    ['ÜNAL_ö', ['fresh']],
    ["o'b", ['expired']],
    ["'", ['expired']],
    ['"', []],
    ['\\', ['never']],
    ['ck\\sl', ['never']],
    ["'; DROP TABLE threads; --", []],
    ['+49 151 12', ['expired']],
    ['(49)151-1', ['expired']],
    ['00', ['open']],
    ['  ', ['fresh', 'refused', 'over', 'open', 'never', 'expired']],
  ])('S: a search for %j finds %j, literally', async (search, found) => {
    expect(await listed({ search })).toEqual(found);
  });

  it('says of one conversation whether it is in a list, now', async () => {
    const id = conversationId(threadId('open'), 1);
    expect(await at(nowMs).matches(acme, { window: 'OPEN' }, id)).toBe(true);
    expect(await at(nowMs + 1).matches(acme, { window: 'OPEN' }, id)).toBe(false);
    expect(await at(nowMs).matches(other, { window: 'OPEN' }, id)).toBe(false);
  });

  it('F52: another organisation’s rows are as if they were not', async () => {
    expect(await listed({}, nowMs, other)).toEqual(['theirs']);
    const id = conversationId(threadId('theirs'), 1);
    expect(await at(nowMs).conversation(acme, id)).toBeNull();
    expect(await at(nowMs).conversation(other, id)).toMatchObject({ conversation_id: id });
    expect(await at(nowMs).conversation(acme, 'nothing.1')).toBeNull();
    const messages = { size: 10, from: 'end' as const, beyond: null };
    expect((await at(nowMs).messages(acme, id, messages)).rows).toEqual([]);
    expect((await at(nowMs).messages(other, id, messages)).rows).toHaveLength(1);
    expect(await at(nowMs).messagesById(acme, ['theirshello', 'openhello'])).toMatchObject([
      { message_id: 'openhello' },
    ]);
    expect(await at(nowMs).messagesById(acme, [])).toEqual([]);
  });
});

describe('the window in SQL', () => {
  const crowd = organisationId('crowd');
  const edges = [-1, 0, 1];

  beforeAll(async () => {
    let count = 0;
    for (const wroteMs of [null, ...edges, dayMs - 1, dayMs, dayMs + 1])
      for (const refusedMs of [null, ...edges, dayMs - 1, dayMs, dayMs + 1]) {
        count += 1;
        const facts = (id: ReturnType<typeof conversationId>) => {
          const refusal = windowRefused(after(3 * dayMs), after(refusedMs ?? 0));
          return refusedMs === null
            ? []
            : [{ ...refusal, data: { ...refusal.data, conversationId: id } }];
        };
        await talk(`crowd${count}`, wroteMs, { organisationId: crowd, facts });
      }
  });

  it('agrees with the domain’s rule for each row, at each instant around each boundary', async () => {
    for (const day of [0, 1, 2])
      for (const edge of [-2, -1, 0, 1, 2]) {
        const ms = epochMs(noon) + day * dayMs + edge;
        const { rows } = await at(ms).conversations(crowd, {}, wholeList);
        expect(rows).toHaveLength(49);
        for (const status of ['OPEN', 'EXPIRED', 'NEVER_OPENED'] as const) {
          const ruled = rows.filter((row) => windowStatus(windowOf(row), ms) === status);
          expect(await listed({ window: status }, ms, crowd)).toEqual(names(ruled));
        }
      }
  });
});

describe('pages of the inbox', () => {
  const busy = organisationId('busy');
  const page = (from: 'start' | 'end', beyond: InboxPlace | null, size = 4) =>
    at(nowMs).conversations(busy, {}, { size, from, beyond });
  const place = (row: InboxRow | undefined): InboxPlace | null =>
    row ? [row.last_activity_at, row.conversation_id] : null;
  const walked = async (
    from: 'start' | 'end',
    between: () => Promise<void> = async () => undefined,
  ) => {
    const pages: string[][] = [];
    let beyond: InboxPlace | null = null;
    for (let turn = 0; turn < 10; turn += 1) {
      const { rows, hasNextPage, hasPreviousPage } = await page(from, beyond);
      pages.push([...names(rows)]);
      beyond = place(from === 'start' ? rows.at(-1) : rows.at(0));
      if (!(from === 'start' ? hasNextPage : hasPreviousPage)) break;
      await between();
    }
    return pages;
  };

  beforeAll(async () => {
    // Groups of three share an instant: their ids alone tell them apart.
    for (let n = 0; n < 14; n += 1)
      await talk(`busy${String(n).padStart(2, '0')}`, Math.floor(n / 3), { organisationId: busy });
  });

  it('forwards and backwards they give each row once, in the same order', async () => {
    const whole = await listed({}, nowMs, busy);
    expect(whole).toHaveLength(14);
    const forwards = await walked('start');
    expect(forwards.flat()).toEqual(whole);
    expect(forwards.map(({ length }) => length)).toEqual([4, 4, 4, 2]);
    const backwards = await walked('end');
    expect(backwards.toReversed().flat()).toEqual(whole);
  });

  it('say truly whether there is more on either side', async () => {
    const start = await page('start', null);
    expect([start.hasPreviousPage, start.hasNextPage]).toEqual([false, true]);
    const exactly = await page('start', null, 14);
    expect(exactly.hasNextPage).toBe(false);
    expect((await page('start', null, 13)).hasNextPage).toBe(true);
    const end = await page('end', null);
    expect([end.hasPreviousPage, end.hasNextPage]).toEqual([true, false]);
    const before = await page('end', place(exactly.rows[4]));
    expect(names(before.rows)).toEqual(names(exactly.rows.slice(0, 4)));
    expect([before.hasPreviousPage, before.hasNextPage]).toEqual([false, true]);
  });

  it('are not disturbed by what comes in meanwhile', async () => {
    const whole = await listed({}, nowMs, busy);
    let came = 0;
    const forwards = await walked('start', async () => {
      came += 1;
      await talk(`new${came}`, 60_000 + came, { organisationId: busy });
    });
    expect(forwards.flat()).toEqual(whole);
    expect((await listed({}, nowMs, busy)).slice(0, came)).toEqual(['new3', 'new2', 'new1']);
  });
});

describe('pages of a conversation', () => {
  const id = conversationId(threadId('long'), 1);
  const page = (from: 'start' | 'end', beyond: MessagePlace | null) =>
    at(nowMs).messages(acme, id, { size: 3, from, beyond });

  beforeAll(async () => {
    await talk('long', 0, {
      facts: (conversation) => [
        requested(after(2), 'b' as never, { conversationId: conversation, requestKey: 'b' }),
        wrote(after(2), 'c', { conversationId: conversation }),
        requested(after(2), 'd' as never, { conversationId: conversation, requestKey: 'd' }),
        wrote(after(1), 'late', { conversationId: conversation }),
        wrote(after(3), 'e', { conversationId: conversation }),
      ],
    });
  });

  it('stand by the time they were sent, and by the log where that is the same', async () => {
    const ids = async (...asked: Parameters<typeof page>) =>
      (await page(...asked)).rows.map(({ message_id }) => message_id);
    const whole = ['longhello', 'late', 'b', 'c', 'd', 'e'];
    expect(await ids('start', null)).toEqual(whole.slice(0, 3));
    expect(await ids('end', null)).toEqual(whole.slice(3));
    const [, , third] = (await page('start', null)).rows;
    if (!third) throw new Error('the page is too short');
    const place: MessagePlace = [third.sent_at, third.sort];
    expect(await ids('start', place)).toEqual(whole.slice(3));
    expect(await ids('end', place)).toEqual(whole.slice(0, 2));
    expect(instant(third.sent_at)).toBe(after(2));
  });
});
