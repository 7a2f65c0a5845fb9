import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { documents, type ConversationChange, type InboxChange } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';
import { delivery, messagesChange, textItem } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

const eventsMax = 1_000;
const perDelivery = 50;
const busy = '447700900701';
const quiet = '447700900702';
/** Every tenth message is the quiet customer's. */
const writerOf = (index: number): string => (index % 10 === 9 ? quiet : busy);

let casement: Casement;
let talk: Talk;
let conversationId: string;
let start: string;

const deliverMessages = async (first: number, beyond: number): Promise<void> => {
  const timestamp = Math.floor(Date.parse(await casement.simulator.now()) / 1000);
  for (let from = first; from < beyond; from += perDelivery) {
    const items = Array.from({ length: perDelivery }, (_, offset) => {
      const index = from + offset;
      const text = `message ${index}`;
      return textItem({ from: writerOf(index), id: `wamid.resume-${index}`, timestamp, text });
    });
    const change = messagesChange(casement.demo.number.phoneNumberId, items);
    const response = await casement.deliver(delivery([change]));
    expect(response.status).toBe(200);
  }
};

const inboxFrom = (after: string) =>
  casement.subscribe<InboxChange>('agent', documents.inboxChanged, { after });
const threadFrom = (after: string) =>
  casement.subscribe<ConversationChange>('agent', documents.conversationChanged, {
    id: conversationId,
    after,
  });
const inboxCursor = ({ inboxChanged }: InboxChange): string => inboxChanged.cursor;
const threadCursor = ({ conversationChanged }: ConversationChange): string =>
  conversationChanged.cursor;

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
  ({ id: conversationId } = await talk.customerWrites(busy, 'Hello'));
  await talk.customerWrites(quiet, 'Hello');
  start = await talk.position();
});
afterAll(() => casement.remove());

describe('a subscriber whose connection is cut in the middle of 1,000 events', () => {
  it('P6: sees each missed one exactly once with its last cursor, then live', async () => {
    // One that is never cut tells what there is to see.
    const [allRows, allFacts] = [inboxFrom(start), threadFrom(start)];
    const [rows, facts] = [inboxFrom(start), threadFrom(start)];
    const delivered = deliverMessages(0, eventsMax);
    await rows.count('changes of rows', 300);
    await rows.cut();
    await facts.count('facts of a thread', 250);
    await facts.cut();
    await delivered;
    const lastRow = rows.received.map(inboxCursor).at(-1) ?? '';
    const lastFact = facts.received.map(threadCursor).at(-1) ?? '';

    const [resumedRows, resumedFacts] = [inboxFrom(lastRow), threadFrom(lastFact)];
    await allRows.count('changes of rows in all', eventsMax);
    await allFacts.count('facts in all', (eventsMax * 9) / 10);
    await resumedRows.count('missed rows', eventsMax - rows.received.length);
    await resumedFacts.count('missed facts', (eventsMax * 9) / 10 - facts.received.length);

    await deliverMessages(eventsMax, eventsMax + perDelivery);
    const live = eventsMax + perDelivery;
    await allRows.count('rows with the live ones', live);
    await allFacts.count('facts with the live ones', (live * 9) / 10);
    await resumedRows.count('rows to the end', live - rows.received.length);
    await resumedFacts.count('facts to the end', (live * 9) / 10 - facts.received.length);

    const everyRow = allRows.received.map(inboxCursor);
    expect(everyRow).toHaveLength(live);
    expect(new Set(everyRow).size).toBe(live);
    expect([...rows.received, ...resumedRows.received].map(inboxCursor)).toEqual(everyRow);

    const seen = [...facts.received, ...resumedFacts.received].map(
      ({ conversationChanged: { event } }) => event,
    );
    expect(seen.map(({ revision }) => revision)).toEqual(
      Array.from({ length: (live * 9) / 10 }, (_, index) => index + 2),
    );
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect([...facts.received, ...resumedFacts.received].map(threadCursor)).toEqual(
      allFacts.received.map(threadCursor),
    );
    await Promise.all([allRows, allFacts, resumedRows, resumedFacts].map((each) => each.close()));
  });

  it('shows with each change what is not older than it', async () => {
    const facts = threadFrom(start);
    await facts.count('facts', 100);
    for (const { conversationChanged } of facts.received) {
      const { event, conversation } = conversationChanged;
      // The conversation's own revision counts messages, the stream's all facts, from 0.
      expect(conversation.revision).toBeGreaterThanOrEqual(event.revision);
    }
    await facts.close();
  });

  it('resumes over a restart of the process, too', async () => {
    const before = inboxFrom(start);
    await before.count('rows', 10);
    await before.cut();
    await casement.kill();
    await casement.restart();
    const last = before.received.map(inboxCursor).at(-1) ?? '';
    const after = inboxFrom(last);
    const all = eventsMax + perDelivery;
    await after.count('rows after the restart', all - before.received.length);
    const cursors = [...before.received, ...after.received].map(inboxCursor);
    expect(cursors).toHaveLength(all);
    expect(new Set(cursors).size).toBe(all);
    await talk.customerWrites(quiet, 'After the restart');
    await after.count('the live one', all + 1 - before.received.length);
    await after.close();
  });
});

describe('a cursor', () => {
  it('from the inbox’s position works as the place to start from', async () => {
    const position = await talk.position();
    const rows = inboxFrom(position);
    await talk.customerWrites(quiet, 'Only this');
    await rows.count('the one change', 1);
    expect(rows.received).toHaveLength(1);
    await rows.close();
  });

  it('is not needed: without one a subscriber sees what happens from now on', async () => {
    const rows = casement.subscribe<InboxChange>('agent', documents.inboxChanged);
    for (let knocks = 0; knocks < 100 && rows.received.length === 0; knocks += 1)
      await talk.customerWrites(quiet, `Knock ${knocks}`);
    expect(rows.received.length).toBeGreaterThan(0);
    expect(rows.received.length).toBeLessThan(100);
    await rows.close();
  });

  it('P20: of another organisation is refused, over both subscriptions', async () => {
    const theirs = await new Talk(casement, 'otherOrganisation').position();
    expect(await inboxFrom(theirs).refusal()).toBe('CURSOR_EXPIRED');
    expect(await threadFrom(theirs).refusal()).toBe('CURSOR_EXPIRED');
  });

  it('that was tampered with is refused, at whichever character', async () => {
    const ours = await talk.position();
    for (let place = 0; place < ours.length; place += 5) {
      const other = ours[place] === 'A' ? 'B' : 'A';
      const tampered = `${ours.slice(0, place)}${other}${ours.slice(place + 1)}`;
      expect(await inboxFrom(tampered).refusal()).toBe('CURSOR_EXPIRED');
    }
  });
});
