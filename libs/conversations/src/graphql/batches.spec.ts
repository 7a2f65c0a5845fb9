import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contactId, conversationId, messageId, numberId, threadId } from '#kernel';
import { bridgeRequested, ended, requested, started, wrote } from '../spec/facts.js';
import { acme, after, minuteMs, noon, number } from '../spec/people.js';
import { anyContext, ann, resolversOf, type Resolvers } from '../spec/reading.js';
import { openViews, type Views } from '../spec/views.js';

const rows = 25;
/** What 25 rows may ask of the views, and one row too. */
const statementsMax = 8;

let views: Views;

/** Three conversations with a contact: two that are over, and one with a quote and a bridge. */
const talk = async (index: number): Promise<void> => {
  const name = `thread${String(index).padStart(2, '0')}`;
  const contact = contactId(`contact${index}`);
  const stream = `conversation-${acme}-${name}`;
  const id = (episode: number) => conversationId(threadId(name), episode);
  const start = (episode: number) => {
    const fact = started(after(episode * minuteMs + index), episode);
    return { ...fact, data: { ...fact.data, conversationId: id(episode), contactId: contact } };
  };
  const end = (episode: number) => {
    const fact = ended(after((episode + 1) * minuteMs), episode);
    return { ...fact, data: { ...fact.data, conversationId: id(episode) } };
  };
  const said = (episode: number, text: string) =>
    wrote(after(episode * minuteMs), `${name}-${text}`, { conversationId: id(episode) });
  const bridge = bridgeRequested(after(5 * minuteMs), messageId(`${name}-bridge`));
  const facts = [
    start(1),
    said(1, 'first'),
    end(1),
    start(2),
    said(2, 'second'),
    said(2, 'more'),
    end(2),
    start(3),
    said(3, 'third'),
    { ...bridge, data: { ...bridge.data, conversationId: id(3) } },
    requested(after(6 * minuteMs), messageId(`${name}-reply`), {
      conversationId: id(3),
      quotedMessageId: messageId(`${name}-third`),
    }),
  ];
  await views.record(facts, { stream });
  await views.record([{ type: 'ContactMet', at: noon, data: { contactId: contact } }], {
    stream: `contact-${acme}-${contact}`,
  });
};

/** A page of the inbox with everything that its rows read only when they are asked for. */
const page = async (
  { conversations, fields, previous, message, window, statements }: Resolvers,
  first: number,
) => {
  const before = statements();
  const filter = { lifecycle: 'ACTIVE' as const };
  const { nodes } = await conversations.conversations(ann, anyContext, { first }, filter);
  const shown = await Promise.all(
    nodes.map(async (node) => {
      const [bridge, earlier, messages, quoted, decidedBy] = await Promise.all([
        fields.bridgeEligibility(node),
        previous.previousConversations(node, { first: 5 }),
        fields.messages(node, { first: 10 }),
        node.lastMessage && message.quoted(node.lastMessage),
        window.decidedBy(node.window),
      ]);
      const answers = await Promise.all(messages.nodes.map((each) => message.quoted(each)));
      return { node, bridge, earlier, messages, quoted, decidedBy, answers };
    }),
  );
  return { shown, statements: statements() - before };
};

beforeAll(async () => {
  views = await openViews();
  for (let index = 0; index < rows; index += 1) await talk(index);
  const connected = { numberId: numberId(number), phoneNumberId: '1', businessAccountId: '2' };
  const displayPhoneNumber = '+44 7700 900123';
  await views.record(
    [
      { type: 'OrganisationFounded', at: noon, data: { name: 'Acme' } },
      { type: 'NumberConnected', at: noon, data: { ...connected, displayPhoneNumber } },
    ],
    { stream: `organisation-${acme}` },
  );
}, 60_000);
afterAll(() => views.close());

describe('a page of conversations', () => {
  it('GQ12: asks the views as often for 25 rows as for one', async () => {
    const one = await page(resolversOf(views), 1);
    const many = await page(resolversOf(views), rows);
    expect(many.shown).toHaveLength(rows);
    expect(many.statements).toBe(one.statements);
    expect(many.statements).toBeLessThanOrEqual(statementsMax);
  });

  it('R149: gives each row its own: earlier conversations, messages, quotes, bridge', async () => {
    const { shown } = await page(resolversOf(views), rows);
    for (const { node, bridge, earlier, messages, quoted, decidedBy, answers } of shown) {
      const name = node.id.split('.')[0];
      expect(node.id).toBe(`${name}.3`);
      expect(earlier.nodes).toMatchObject([
        { id: `${name}.2`, lifecycle: 'ENDED', messageCount: 2, number: { id: number } },
        { id: `${name}.1`, lifecycle: 'ENDED', messageCount: 1, number: { id: number } },
      ]);
      expect(messages.nodes.map(({ id }) => id)).toEqual([
        `${name}-third`,
        `${name}-bridge`,
        `${name}-reply`,
      ]);
      expect(quoted?.id).toBe(`${name}-third`);
      expect(answers.map((each) => each?.id ?? null)).toEqual([null, null, `${name}-third`]);
      expect(decidedBy).toMatchObject({ stream: `conversation-${acme}-${name}` });
      expect(bridge).toMatchObject({ eligible: false, reason: 'NO_PHONE' });
    }
  });

  it('R149: pages through earlier conversations, newest first, up to the first', async () => {
    const { conversation, previous } = resolversOf(views);
    const node = await conversation.conversation(ann, anyContext, 'thread07.3');
    if (!node) throw new Error('there is no conversation');
    const second = await previous.previousConversations(node, { first: 1 });
    expect(second.nodes.map(({ id }) => id)).toEqual(['thread07.2']);
    expect(second.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const { endCursor } = second.pageInfo;
    const first = await previous.previousConversations(node, { first: 1, after: endCursor });
    expect(first.nodes.map(({ id }) => id)).toEqual(['thread07.1']);
    expect(first.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const begun = await conversation.conversation(ann, anyContext, 'thread07.1');
    if (!begun) throw new Error('there is no conversation');
    expect((await previous.previousConversations(begun, {})).nodes).toEqual([]);
  });
});
