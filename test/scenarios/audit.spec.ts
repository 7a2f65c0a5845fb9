import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement, type TokenName, type Variables } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { documents, type ConversationChange } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

const ada = '447700900801';
const grace = '447700900802';

const conversation = `id lifecycle status startedAt endedAt unreadCount needsAttention revision
  contact { id name phone } number { id }
  window { status openedAt closesAt lastCustomerMessageAt decidedBy { id type } }
  composer { mode channel reason code }
  bridgeEligibility { eligible reason message nextAllowedAt }
  lastMessage { id status }
  previousConversations { nodes { id startedAt endedAt lifecycle messageCount number { id } } }
  messages(first: 100) { nodes { id direction channel status sentAt receivedAt insideWindow
    content { ... on TextContent { text } } statusTimes { status at } failure { reason }
    quoted { id } author { ... on StaffMember { id } ... on Customer { name } } } }`;
/** The same for a page of them, which may not cost so much. */
const smaller = conversation.replace('first: 100', 'last: 5');

const queries = {
  events: `query($filter: EventFilter, $first: Int, $after: Cursor) {
    events(filter: $filter, first: $first, after: $after) {
      position pageInfo { hasNextPage endCursor }
      edges { cursor node { id cursor } }
      nodes { id type stream revision cursor recordedAt actor { __typename } data } } }`,
  asOf: `query($id: ID!, $asOf: AsOf) { conversation(id: $id, asOf: $asOf) { ${conversation} } }`,
  now: `query($id: ID!) { conversation(id: $id) { position ${conversation} } }`,
  node: `query($id: ID!) { node(id: $id) { __typename id
    ... on Organisation { name } ... on BusinessNumber { displayPhoneNumber }
    ... on Contact { phone } ... on Message { direction } ... on Conversation { lifecycle } } }`,
  contacts: `query($search: String, $first: Int, $after: Cursor) {
    contacts(search: $search, first: $first, after: $after) {
      pageInfo { hasNextPage endCursor } edges { cursor } nodes { id name phone } } }`,
  page: `{ conversations(first: 10) { nodes { ${smaller} } } }`,
  alone: `query($id: ID!) { conversation(id: $id) { ${smaller} } }`,
};

type Fact = {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly cursor: string;
  readonly recordedAt: string;
  readonly data: { readonly [name: string]: unknown };
};
type Events = {
  readonly events: {
    readonly position: string;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly nodes: readonly Fact[];
  };
};
type Shown = { readonly position?: string; readonly [name: string]: unknown };
type Answered = { readonly conversation: Shown | null };
type Node = { readonly node: { readonly __typename: string; readonly id: string } | null };

let casement: Casement;
let talk: Talk;
let adas: string;
let graces: string;

const pageOf = async (variables: Variables, as: TokenName = 'agent') =>
  (await casement.gql<Events>(as, queries.events, variables)).events;

/** All facts, page by page. */
const allOf = async (
  filter: Variables,
  from: string | null = null,
  first = 7,
): Promise<readonly Fact[]> => {
  const facts: Fact[] = [];
  let after = from;
  for (;;) {
    const page = await pageOf({ filter, first, after });
    facts.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return facts;
    after = page.pageInfo.endCursor;
  }
};
const cursorsOf = (facts: readonly Fact[]): readonly string[] => facts.map(({ cursor }) => cursor);

type Sent = { readonly channel: string; readonly status: string | null };

/** Nothing more is told of it: WhatsApp tells up to READ, an SMS arrives at most. */
const isOver = ({ channel, status }: Sent): boolean =>
  status === null ||
  ['READ', 'FAILED', ...(channel === 'SMS' ? ['DELIVERED'] : [])].includes(status);

/** The conversation once nothing happens any more, with the place at which it is so. */
const quiet = (id: string): Promise<Shown & { readonly position: string }> =>
  eventually('a conversation in which nothing happens', async () => {
    const read = async () =>
      (await casement.gql<Answered>('agent', queries.now, { id })).conversation;
    const [one, other] = [await read(), await read()];
    if (!one?.position || one.position !== other?.position) return null;
    const { nodes } = one['messages'] as { readonly nodes: readonly Sent[] };
    if (!nodes.every(isOver)) return null;
    return { ...one, position: one.position };
  });

const asOf = async (id: string, moment: Variables, as: TokenName = 'agent') =>
  (await casement.gql<Answered>(as, queries.asOf, { id, asOf: moment })).conversation;

const taken: (Shown & { readonly position: string; readonly at: string })[] = [];
const take = async (): Promise<void> => {
  const at = await casement.simulator.now();
  taken.push({ ...(await quiet(adas)), at });
  await casement.simulator.moves({ advance: 'PT1M' });
};

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
  await casement.simulator.moves({ freeze: true });
  ({ id: adas } = await talk.customerWrites(ada, 'Hello', { id: 'wamid.audit-hello' }));
  await take();
  for (let round = 0; round < 4; round += 1) {
    await talk.sendsWell(adas, `Answer ${round}`);
    await take();
    await talk.customerWrites(ada, `Question ${round}`);
    await take();
    await talk.acts('markRead', adas);
    await take();
  }
  ({ id: graces } = await talk.customerWrites(grace, 'Good day'));
  await casement.simulator.moves({ advance: 'PT25H' });
  await take();
  await talk.sends(adas, 'Too late');
  await take();
  await talk.acts('end', adas);
  await take();
  await talk.customerWrites(ada, 'Once more');
  await take();
});
afterAll(() => casement.remove());

describe('the events of an organisation', () => {
  it('AU7: are in every page size the sequence that a subscription tells, cursor by cursor', async () => {
    const facts = await allOf({ conversationId: adas });
    const [first] = facts;
    if (!first) throw new Error('there are no facts');
    expect(facts.map(({ type }) => type).slice(0, 2)).toEqual([
      'ConversationStarted',
      'CustomerMessageReceived',
    ]);
    const told = casement.subscribe<ConversationChange>('agent', documents.conversationChanged, {
      id: adas,
      after: first.cursor,
    });
    await told.count('facts', facts.length - 1);
    const cursors = told.received.map(({ conversationChanged: { cursor } }) => cursor);
    expect(cursors).toEqual(cursorsOf(facts).slice(1));
    expect(cursorsOf(await allOf({ conversationId: adas }, null, 1))).toEqual(cursorsOf(facts));
    expect(cursorsOf(await allOf({ conversationId: adas }, null, 100))).toEqual(cursorsOf(facts));
    // Where the one stops, the other goes on, both ways.
    const middle = cursors[Math.floor(cursors.length / 2)] ?? '';
    const rest = cursors.slice(cursors.indexOf(middle) + 1);
    expect(cursorsOf(await allOf({ conversationId: adas }, middle))).toEqual(rest);
    const resumed = casement.subscribe<ConversationChange>('agent', documents.conversationChanged, {
      id: adas,
      after: middle,
    });
    await resumed.count('facts after an event', rest.length);
    expect(resumed.received.map(({ conversationChanged: { cursor } }) => cursor)).toEqual(rest);
    await Promise.all([told.close(), resumed.close()]);
  });

  it('tell of conversations, contacts, templates and the organisation itself, newest last', async () => {
    const facts = await allOf({});
    const kinds = new Set(facts.map(({ stream }) => stream.split('-')[0]));
    const told = ['organisation', 'templates', 'template', 'contact', 'conversation'];
    expect(kinds).toEqual(new Set(told));
    expect(new Set(cursorsOf(facts)).size).toBe(facts.length);
    const times = facts.map(({ recordedAt }) => recordedAt);
    expect(times).toEqual(times.toSorted((a, b) => a.localeCompare(b)));
    const met = facts.find(({ type }) => type === 'ContactAddressLearned');
    expect(met?.data).toMatchObject({ address: expect.any(String) });
  });

  it('are filtered by type, contact and time of recording', async () => {
    const all = await allOf({});
    const types = ['ContactMet', 'MessageRequested'];
    const ofTypes = all.filter(({ type }) => types.includes(type));
    expect(cursorsOf(await allOf({ types }))).toEqual(cursorsOf(ofTypes));
    const { id: contactId } = (taken[0]?.['contact'] ?? {}) as { readonly id?: string };
    const thread = adas.split('.')[0] ?? '';
    const ofAda = all.filter(
      ({ stream }) => stream.endsWith(`-${contactId}`) || stream.endsWith(`-${thread}`),
    );
    expect(cursorsOf(await allOf({ contactId }))).toEqual(cursorsOf(ofAda));
    const [from, to] = [taken[3]?.at ?? '', taken[6]?.at ?? ''];
    const between = all.filter(({ recordedAt: at }) => at >= from && at < to);
    expect(between.length).toBeGreaterThan(0);
    expect(cursorsOf(await allOf({ from, to }))).toEqual(cursorsOf(between));
    expect(await allOf({ contactId: 'nobody' })).toEqual([]);
  });

  it('are resumed across a restart, from wherever the reader was', async () => {
    const all = cursorsOf(await allOf({}));
    const page = await pageOf({ first: 5 });
    await casement.kill();
    await casement.restart();
    const rest = await allOf({}, page.pageInfo.endCursor);
    expect(cursorsOf([...page.nodes, ...rest]).slice(0, all.length)).toEqual(all);
  });

  it('take the position of a payload, of a query and of a page for a place to start', async () => {
    const { position } = await pageOf({ first: 1 });
    const inbox = await talk.position();
    const { position: written } = await talk.sends(graces, 'Still here');
    const [afterPage, afterInbox] = [await allOf({}, position), await allOf({}, inbox)];
    expect(afterPage.map(({ type }) => type)).toContain('MessageRequested');
    expect(afterInbox.map(({ type }) => type)).toContain('MessageRequested');
    const later = await allOf({}, written);
    expect(later.map(({ type }) => type)).not.toContain('MessageRequested');
  });

  it('P20: are nobody else’s, and neither are their cursors', async () => {
    const theirs = await pageOf({ first: 100 }, 'otherOrganisation');
    const ours = new Set((await allOf({})).map(({ id }) => id));
    expect(theirs.nodes.filter(({ id }) => ours.has(id))).toEqual([]);
    const about = await pageOf({ filter: { conversationId: adas } }, 'otherOrganisation');
    expect(about.nodes).toEqual([]);
    const after = (await pageOf({ first: 1 })).pageInfo.endCursor;
    const refused = await casement.ask('otherOrganisation', queries.events, { after });
    expect(refused.errors[0]?.extensions.code).toBe('CURSOR_EXPIRED');
  });

  it.each<[Variables, string]>([
    [{ filter: { types: ['NothingHappened'] } }, 'types'],
    [{ filter: { types: [] } }, 'types'],
    [{ filter: { contactId: 'a b' } }, 'contactId'],
    [{ first: 0 }, 'first'],
  ])('refuse what they cannot honour: %j', async (variables, field) => {
    const { errors } = await casement.ask('agent', queries.events, variables);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });
});

describe('a conversation as it stood', () => {
  it('AU3: is at each place, and at each instant, what was seen live then', async () => {
    for (const { position, at, ...live } of taken) {
      expect(await asOf(adas, { position })).toEqual(live);
      expect(await asOf(adas, { time: at })).toEqual(live);
    }
    expect(taken.map((each) => each['lifecycle'])).toContain('ENDED');
  });

  it('can be seen at each of its facts, and grows with them', async () => {
    const facts = await allOf({ conversationId: adas });
    const shown = [];
    for (const { cursor } of facts) shown.push(await asOf(adas, { position: cursor }));
    const revisions = shown.map((each) => Number(each?.['revision']));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(shown[0]).toMatchObject({ unreadCount: 0, messages: { nodes: [] } });
    expect(shown[1]).toMatchObject({ unreadCount: 1 });
  });

  it('R004: has its window open a millisecond before it closes, and closed then', async () => {
    const window = taken.at(12)?.['window'] as { readonly closesAt: string };
    const before = new Date(Date.parse(window.closesAt) - 1).toISOString();
    expect(await asOf(adas, { time: before })).toMatchObject({ window: { status: 'OPEN' } });
    const then = await asOf(adas, { time: window.closesAt });
    expect(then).toMatchObject({ window: { status: 'EXPIRED' } });
  });

  it('is null before it began, and to others', async () => {
    const { startedAt } = taken[0] as { readonly startedAt?: string };
    const before = new Date(Date.parse(startedAt ?? '') - 1).toISOString();
    expect(await asOf(adas, { time: before })).toBeNull();
    expect(await asOf(adas, { time: startedAt })).not.toBeNull();
    const time = taken.at(-1)?.at;
    expect(await asOf(adas, { time }, 'otherOrganisation')).toBeNull();
  });

  it('takes one moment: a time that has come, or a place in this log', async () => {
    const position = taken[0]?.position;
    const time = taken[0]?.at;
    const codes = async (moment: Variables) => {
      const { errors } = await casement.ask('agent', queries.asOf, { id: adas, asOf: moment });
      return errors.map(({ extensions }) => extensions.code);
    };
    expect(await codes({})).toEqual(['BAD_USER_INPUT']);
    expect(await codes({ position, time })).toEqual(['BAD_USER_INPUT']);
    expect(await codes({ time: '2999-01-01T00:00:00Z' })).toEqual(['BAD_USER_INPUT']);
    expect(await codes({ position: `${position}x` })).toEqual(['CURSOR_EXPIRED']);
  });
});

describe('a node', () => {
  it('is whatever has the id, and nothing to another organisation', async () => {
    const { viewer } = await casement.gql<{
      readonly viewer: { readonly organisation: { readonly id: string } };
    }>('agent', '{ viewer { organisation { id } } }');
    const last: Shown = taken.at(-1) ?? {};
    const { id: contact } = last['contact'] as { readonly id: string };
    const { nodes } = last['messages'] as { readonly nodes: readonly { readonly id: string }[] };
    const expected: readonly (readonly [string, string])[] = [
      [adas, 'Conversation'],
      [contact, 'Contact'],
      [nodes[0]?.id ?? '', 'Message'],
      [nodes[1]?.id ?? '', 'Message'],
      [viewer.organisation.id, 'Organisation'],
      [casement.demo.number.id, 'BusinessNumber'],
    ];
    for (const [id, __typename] of expected) {
      const own = await casement.gql<Node>('agent', queries.node, { id });
      expect(own.node).toMatchObject({ id, __typename });
      const theirs = await casement.gql<Node>('otherOrganisation', queries.node, { id });
      expect(theirs.node).toBeNull();
    }
    for (const id of ['nothing', 'nothing.1', '', ' ', "'; --", '*'])
      expect((await casement.gql<Node>('agent', queries.node, { id })).node).toBeNull();
  });
});

describe('contacts', () => {
  type Contacts = { readonly contacts: { readonly nodes: readonly { readonly phone: string }[] } };
  const phones = async (search: string, as: TokenName = 'agent') =>
    (await casement.gql<Contacts>(as, queries.contacts, { search })).contacts.nodes.map(
      ({ phone }) => phone,
    );

  it('R146: are found by three digits of their number, and by nobody else', async () => {
    expect(await phones('801')).toEqual([`+${ada}`]);
    expect(new Set(await phones('4477009008'))).toEqual(new Set([`+${ada}`, `+${grace}`]));
    expect(await phones('801', 'otherOrganisation')).toEqual([]);
  });
});

describe('a page of the inbox', () => {
  it('R149: shows of each conversation what it shows alone, earlier ones included', async () => {
    const { conversations } = await casement.gql<{
      readonly conversations: { readonly nodes: readonly Shown[] };
    }>('agent', queries.page);
    expect(conversations.nodes.length).toBeGreaterThanOrEqual(3);
    for (const node of conversations.nodes) {
      const id = String(node['id']);
      const alone = await casement.gql<Answered>('agent', queries.alone, { id });
      expect(node).toEqual(alone.conversation);
    }
    const newest = conversations.nodes.find((each) => each['id'] === adas.replace(/\.1$/, '.2'));
    expect(newest?.['previousConversations']).toMatchObject({
      nodes: [{ id: adas, lifecycle: 'ENDED', number: { id: casement.demo.number.id } }],
    });
  });
});
