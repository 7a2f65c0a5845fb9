import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { EventStream, type Happened } from '../harness/event-stream.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { documents, type ConversationChange, type InboxChange } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';
import { delivery, messagesChange, textItem } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

const eventsMax = 500;
const perDelivery = 25;
const busy = '447700900711';
const quiet = '447700900712';
/** Every tenth message is the quiet customer's. */
const writerOf = (index: number): string => (index % 10 === 9 ? quiet : busy);
/** So many connections one after the other, each cut after another number of changes. */
const cutsAfter = [0, 37, 1, 120, 8, 61] as const;

let casement: Casement;
let talk: Talk;
let conversationId: string;
let start: string;

const deliverMessages = async (first: number, beyond: number): Promise<void> => {
  const timestamp = Math.floor(Date.parse(await casement.simulator.now()) / 1000);
  for (let from = first; from < beyond; from += perDelivery) {
    const items = Array.from({ length: perDelivery }, (_, offset) => {
      const index = from + offset;
      const id = `wamid.sse-${index}`;
      return textItem({ from: writerOf(index), id, timestamp, text: `message ${index}` });
    });
    const change = messagesChange(casement.demo.number.phoneNumberId, items);
    expect((await casement.deliver(delivery([change]))).status).toBe(200);
  }
};

const stream = <T>(
  query: string,
  variables: { readonly [name: string]: unknown },
  lastEventId: string | null = null,
): EventStream<T> => {
  const { url, tokens } = casement.demo;
  return new EventStream<T>({ url, token: tokens.agent, query, variables, lastEventId });
};

/** Everything that a client sees who is cut again and again and comes back with the last id. */
const throughCuts = async <T>(
  query: string,
  variables: { readonly [name: string]: unknown },
  all: number,
): Promise<readonly Happened<T>[]> => {
  const seen: Happened<T>[] = [];
  for (const cutAfter of [...cutsAfter, all]) {
    const connected = stream<T>(query, variables, seen.at(-1)?.id ?? null);
    await connected.count('changes', Math.min(cutAfter, all - seen.length));
    await connected.cut();
    expect(connected.errors).toEqual([]);
    seen.push(...connected.received);
  }
  return seen;
};

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
  ({ id: conversationId } = await talk.customerWrites(busy, 'Hello'));
  await talk.customerWrites(quiet, 'Hello');
  start = await talk.position();
});
afterAll(() => casement.remove());

describe('a stream of server-sent events', () => {
  it('GQ7: tells what a WebSocket tells, event by event, however often both are cut', async () => {
    const rows = documents.inboxChanged;
    const facts = documents.conversationChanged;
    const ofBusy = (eventsMax * 9) / 10;
    const delivered = deliverMessages(0, eventsMax);
    const after = { after: start };
    const bySocket = async () => {
      const seen: InboxChange[] = [];
      for (const cutAfter of [...cutsAfter.toReversed(), eventsMax]) {
        const from = seen.at(-1)?.inboxChanged.cursor ?? start;
        const socket = casement.subscribe<InboxChange>('agent', rows, { after: from });
        // One that is not open yet cannot be cut.
        await socket.count('rows', Math.min(Math.max(cutAfter, 1), eventsMax - seen.length));
        await socket.cut();
        seen.push(...socket.received);
        if (seen.length >= eventsMax) return seen;
      }
      return seen;
    };
    const [rowsBySocket, rowsByStream, factsByStream] = await Promise.all([
      bySocket(),
      throughCuts<InboxChange>(rows, after, eventsMax),
      throughCuts<ConversationChange>(facts, { id: conversationId, ...after }, ofBusy),
      delivered,
    ]);
    const factsBySocket = casement.subscribe<ConversationChange>('agent', facts, {
      id: conversationId,
      ...after,
    });
    await factsBySocket.count('facts', ofBusy);

    const socketCursors = rowsBySocket.map(({ inboxChanged }) => inboxChanged.cursor);
    expect(new Set(socketCursors).size).toBe(eventsMax);
    expect(rowsByStream.map(({ data }) => data.inboxChanged.cursor)).toEqual(socketCursors);
    expect(rowsByStream.map(({ id }) => id)).toEqual(socketCursors);
    // Whole facts, and not only their cursors: what was told later shows a later conversation.
    const toldBy = (changes: readonly ConversationChange[]) =>
      changes.map(({ conversationChanged: { cursor, event, message } }) => ({
        cursor,
        event,
        message: message?.id,
      }));
    expect(toldBy(factsByStream.map(({ data }) => data))).toEqual(toldBy(factsBySocket.received));
    await factsBySocket.close();
  });

  it('GQ7: has the cursor as its id, also when the client does not select it', async () => {
    const query = 'subscription($after: Cursor) { inboxChanged(after: $after) { matches } }';
    const connected = stream<object>(query, { after: start });
    await connected.count('changes', 5);
    await connected.cut();
    const fifth = connected.received[4]?.id ?? '';
    const resumed = stream<InboxChange>(documents.inboxChanged, { after: start }, fifth);
    const named = stream<InboxChange>(documents.inboxChanged, { after: fifth });
    await resumed.count('changes', 5);
    await named.count('changes', 5);
    const ids = (of: EventStream<InboxChange>) => of.received.slice(0, 5).map(({ id }) => id);
    expect(ids(resumed)).toEqual(ids(named));
    await Promise.all([resumed.cut(), named.cut()]);
  });

  it('P20: refuses the cursor of another organisation, and one that is none', async () => {
    const theirs = await new Talk(casement, 'otherOrganisation').position();
    for (const [id, code] of [
      [theirs, 'CURSOR_EXPIRED'],
      [`${start.slice(0, -1)}${start.endsWith('A') ? 'B' : 'A'}`, 'CURSOR_EXPIRED'],
      ['no cursor!', 'BAD_USER_INPUT'],
    ] as const) {
      const refused = stream<InboxChange>(documents.inboxChanged, {}, id);
      await refused.over();
      expect(refused.errors[0]?.extensions?.code).toBe(code);
      expect([refused.received, refused.isComplete]).toEqual([[], true]);
    }
  });

  it('O2: tells at the end of the process that it goes, and resumes over the restart', async () => {
    const before = stream<InboxChange>(documents.inboxChanged, { after: start });
    await before.count('changes', eventsMax);
    await casement.stop();
    await before.over();
    expect(before.errors.map(({ extensions }) => extensions?.code)).toEqual(['GOING_AWAY']);
    expect(before.isComplete).toBe(false);
    await casement.restart();
    await talk.customerWrites(quiet, 'After the restart');
    const last = before.received.at(-1)?.id ?? null;
    const after = stream<InboxChange>(documents.inboxChanged, { after: start }, last);
    await after.count('changes', 1);
    const { conversation } = after.received[0]?.data.inboxChanged ?? {};
    expect(conversation?.contact.phone).toBe(`+${quiet}`);
    await after.cut();
    const metrics = () => casement.get('/metrics').then((response) => response.text());
    await eventually('no subscriber', async () =>
      /^subscription_clients 0$/m.test(await metrics()),
    );
  });
});
