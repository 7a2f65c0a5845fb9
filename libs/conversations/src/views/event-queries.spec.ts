import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import Database from 'libsql';
import {
  contactId,
  conversationId,
  organisationId,
  threadId,
  type DomainEvent,
  type Position,
} from '#kernel';
import { viewsFile, type ViewStore } from '#view-store';
import { read, requested, started, windowOver, wrote } from '../spec/facts.js';
import { acme, after, daniel, hourMs, minuteMs, noon } from '../spec/people.js';
import { openViews, type Views } from '../spec/views.js';
import { EventQueries, type EventFilter } from './event-queries.js';
import type { FeedRow } from './feed.projection.js';

const other = organisationId('other');
const eve = contactId('eve');

let views: Views;
let queries: EventQueries;
let all: readonly FeedRow[] = [];

const talk = (name: string, contact: typeof daniel): readonly DomainEvent[] => {
  const id = conversationId(threadId(name), 1);
  const start = started(noon);
  return [
    { ...start, data: { ...start.data, conversationId: id, contactId: contact } },
    wrote(noon, `${name}-hello`, { conversationId: id }),
    requested(noon, undefined, { conversationId: id }),
    { ...read(noon), data: { ...read(noon).data, conversationId: id } },
    { ...windowOver(noon), data: { ...windowOver(noon).data, conversationId: id } },
    {
      ...start,
      data: {
        ...start.data,
        conversationId: conversationId(threadId(name), 2),
        contactId: contact,
      },
    },
    wrote(noon, `${name}-again`, { conversationId: conversationId(threadId(name), 2) }),
  ];
};
const met = (contact: typeof daniel): readonly DomainEvent[] => [
  { type: 'ContactMet', at: noon, data: { contactId: contact } },
  { type: 'SmsConsentWithdrawn', at: noon, data: { source: 'STOP' } },
];

/** The clock of one fact stood half an hour behind: it was set back, as clocks are. */
const recordedAtOf = (index: number) =>
  after(index * 2 * minuteMs - (index % 9 === 5 ? hourMs / 2 : 0));

beforeAll(async () => {
  views = await openViews();
  queries = new EventQueries(views.views);
  const streams: readonly (readonly [string, typeof acme, readonly DomainEvent[]])[] = [
    [
      `organisation-${acme}`,
      acme,
      [{ type: 'OrganisationFounded', at: noon, data: { name: 'Acme' } }],
    ],
    [`contact-${acme}-${daniel}`, acme, met(daniel)],
    [`contact-${acme}-${eve}`, acme, met(eve)],
    [`conversation-${acme}-one`, acme, talk('one', daniel)],
    [`conversation-${other}-theirs`, other, talk('theirs', daniel)],
    [`conversation-${acme}-two`, acme, talk('two', daniel)],
    [`conversation-${acme}-three`, acme, talk('three', eve)],
    [
      `contact-${acme}-b-c`,
      organisationId('acme-b'),
      [{ type: 'ContactMet', at: noon, data: { contactId: contactId('c') } }],
    ],
    [
      `identity-${acme}-print`,
      acme,
      [{ type: 'AddressClaimed', at: noon, data: { kind: 'wa_id', contactId: daniel } }],
    ],
  ];
  // One fact of each stream in turn, so that streams lie among each other.
  let index = 0;
  for (let turn = 0; turn < 8; turn += 1)
    for (const [stream, organisation, facts] of streams) {
      const fact = facts[turn];
      if (!fact) continue;
      const recordedAt = recordedAtOf(index);
      index += 1;
      await views.record([fact], { stream, organisationId: organisation, recordedAt });
    }
  all = await views.views.all.query<FeedRow>('SELECT * FROM feed ORDER BY position', []);
});
afterAll(() => views.close());

/** The whole list, page by page. */
const listed = async (
  filter: EventFilter,
  size: number,
  looking = { rowsAtOnce: 4, rowsMax: 9 },
  organisation = acme,
): Promise<readonly FeedRow[]> => {
  const rows: FeedRow[] = [];
  let position: Position | null = null;
  for (let pages = 0; pages < 200; pages += 1) {
    const page: Awaited<ReturnType<EventQueries['page']>> = await queries.page(
      organisation,
      filter,
      { after: position, size },
      looking,
    );
    expect(page.rows.length).toBeLessThanOrEqual(size);
    rows.push(...page.rows);
    if (!page.hasNextPage) return rows;
    position = page.readTo;
  }
  throw new Error('the list has no end');
};
const places = (rows: readonly FeedRow[]): readonly string[] =>
  rows.map(({ position }) => position);

const threadsOf: { readonly [contact: string]: readonly string[] } = {
  [daniel]: ['one', 'two'],
  [eve]: ['three'],
};

/** The same list, by looking at every row. */
const expected = ({ conversationId: id, contactId: contact, types, from, to }: EventFilter) =>
  all.filter(
    (row) =>
      row.organisation_id === acme &&
      (!id || row.conversation_id === id) &&
      (!contact ||
        [
          `contact-${acme}-${contact}`,
          ...(threadsOf[contact] ?? []).map((each) => `conversation-${acme}-${each}`),
        ].includes(row.stream)) &&
      (!types || types.includes(row.type)) &&
      (!from || row.recorded_at >= Date.parse(from)) &&
      (!to || row.recorded_at < Date.parse(to)),
  );

describe('the events of an organisation', () => {
  it('are facts of its conversations, its contacts and itself, in the order of the log', async () => {
    const rows = await listed({}, 100);
    expect(places(rows)).toEqual(places(expected({})));
    expect(rows).toHaveLength(26);
    expect(new Set(rows.map(({ stream }) => stream.split('-')[0]))).toEqual(
      new Set(['organisation', 'contact', 'conversation']),
    );
    const theirs = await listed({}, 100, undefined, other);
    expect(new Set(theirs.map(({ stream }) => stream))).toEqual(
      new Set([`conversation-${other}-theirs`]),
    );
  });

  it('AU7: are exactly those that a filter asks for, in pages of any size', async () => {
    const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
    const instants = fc.integer({ min: -10, max: 80 }).map((minutes) => after(minutes * minuteMs));
    const filters = fc.record({
      conversationId: maybe(fc.constantFrom('one.1', 'one.2', 'three.1', 'theirs.1', 'none.1')),
      contactId: maybe(fc.constantFrom<string>(daniel, eve, 'nobody')),
      types: maybe(
        fc.uniqueArray(
          fc.constantFrom(
            'ContactMet',
            'CustomerMessageReceived',
            'WindowExpired',
            'SmsNameChosen',
          ),
          { minLength: 1 },
        ),
      ),
      from: maybe(instants),
      to: maybe(instants),
    });
    await fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 1, max: 9 }), async (filter, size) => {
        expect(places(await listed(filter, size))).toEqual(places(expected(filter)));
      }),
      { numRuns: 150 },
    );
  });

  it('are told after any place, and not that of the place itself', async () => {
    const ours = expected({});
    for (const [index, { position }] of ours.entries()) {
      const { rows } = await queries.page(acme, {}, { after: position, size: 100 });
      expect(places(rows)).toEqual(places(ours.slice(index + 1)));
    }
  });

  it('are looked for in a bounded number of rows: a short page leads on', async () => {
    const filter = { types: ['WindowExpired'], conversationId: 'one.1' };
    const looking = { rowsAtOnce: 2, rowsMax: 2 };
    const page = await queries.page(acme, filter, { after: null, size: 5 }, looking);
    expect(page).toMatchObject({ rows: [], hasNextPage: true });
    expect(page.readTo).not.toBeNull();
    expect(await listed(filter, 5, looking)).toHaveLength(1);
  });

  it('are found along an index, whatever the filter', async () => {
    const asked = async (filter: EventFilter): Promise<readonly string[]> => {
      const statements: string[] = [];
      const query: ViewStore['query'] = (organisation, sql, parameters) => {
        statements.push(sql);
        return views.views.query(organisation, sql, parameters);
      };
      const tapped = new EventQueries(Object.assign(Object.create(views.views), { query }));
      await tapped.page(acme, filter, { after: null, size: 5 });
      return plansOf(statements);
    };
    expect((await asked({})).join()).toContain('(organisation_id=? AND position>?)');
    const types = ['ContactMet', 'ContactThreadOpened'];
    const byType = (await asked({ types })).join();
    expect(byType.match(/organisation_id=\? AND type=\? AND position>\?/g)).toHaveLength(2);
    const byContact = (await asked({ contactId: daniel })).join();
    expect(byContact).toContain('SEARCH threads USING INDEX threads_index_0 (contact_id=?)');
    expect(byContact.match(/stream=\? AND position>\?/g)).toHaveLength(3);
    const byTime = (await asked({ from: noon, to: after(hourMs) })).join();
    expect(byTime).toContain('(organisation_id=? AND recorded_at<?)');
    expect(byTime).toContain('(organisation_id=? AND recorded_at>?)');
  });

  it('P20: are never another organisation’s, though its streams were named', async () => {
    const named = await listed({ contactId: 'b-c' }, 9, undefined, organisationId('acme'));
    expect(named).toEqual([]);
    const theirs = await listed({ contactId: 'c' }, 9, undefined, organisationId('acme-b'));
    expect(theirs).toHaveLength(1);
  });

  it('say when the newest at or before a place was recorded', async () => {
    const ours = expected({});
    for (const { position, recorded_at: at } of ours)
      expect(await queries.recordedAtMs(acme, position)).toBe(at);
    expect(await queries.recordedAtMs(acme, '0000000000000000' as Position)).toBeNull();
  });
});

/** How the database means to read, with any values for what is asked. */
const plansOf = (statements: readonly string[]): readonly string[] => {
  const database = new Database(viewsFile(views.directory), { readonly: true });
  const plans = statements.flatMap((sql) => {
    const values = Array.from({ length: sql.split('?').length - 1 }, () => 1);
    return database.prepare(`EXPLAIN QUERY PLAN ${sql}`).raw().all(values);
  });
  database.close();
  return plans.map((row) => String(Array.isArray(row) ? row.at(-1) : row));
};
