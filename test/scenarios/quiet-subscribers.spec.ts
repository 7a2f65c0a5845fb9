import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { WebSocket } from 'ws';
import { commandId, messageId, organisationId, type DomainEvent, type Recorded } from '#kernel';
import { HISTORY, LIVE_TAIL, RECORD, type History, type LiveTail, type Record } from '#engine';
import { VIEWS, type ViewStore } from '#view-store';
import { Assembled } from '../harness/assembled.js';
import { eventually, inParallel, scenarioMsMax } from '../harness/eventually.js';
import { rawSubscriber } from '../harness/raw-socket.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

const idle = 1_000;
/** Twice what the ring of newest facts holds at least. */
const flood = 20_000;
const floodPerLook = 2_500;
const writesAtOnce = 64;
/** So many at once, so that what they cost is more than what else comes and goes in memory. */
const pausedAtOnce = 10;
/** For each of them. What all changes kept would cost is ten times as much. */
const pausedMbMax = 3;
/** What else the machine does comes and goes; a neighbour who has to wait is told ten times later. */
const slowerMax = 5;
const timedFacts = 60;

const query = `subscription Inbox($after: Cursor) {
  inboxChanged(after: $after) { cursor conversation { id unreadCount lastMessage { id } } }
}`;

let casement: Assembled;
let talk: Talk;
let tail: LiveTail;
let views: ViewStore;
let sample: Recorded;

beforeAll(async () => {
  casement = await Assembled.start();
  talk = new Talk(casement);
  const { id } = await talk.customerWrites('447700900971', 'Hello');
  tail = casement.application.get<LiveTail>(LIVE_TAIL);
  views = casement.application.get<ViewStore>(VIEWS);
  const [thread = ''] = id.split('.');
  const history = casement.application.get<History>(HISTORY);
  const found = await history.at(`conversation-acmemotors-${thread}`, 1n);
  if (found?.type !== 'CustomerMessageReceived') throw new Error('the customer is not heard');
  sample = found;
});
afterAll(() => casement.remove());

const clients = async (): Promise<number> => {
  const text = await (await casement.get('/metrics')).text();
  return Number(/^subscription_clients (\d+)$/m.exec(text)?.[1]);
};
const timers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

let written = 0;
/** The customer writes again: a fact like the sample, with ids of its own. */
const writeAgain = async (): Promise<void> => {
  const { stream, type, metadata, data } = sample;
  const number = (written += 1);
  const message = messageId(`again${number}`);
  const event = {
    type,
    at: metadata.occurredAt,
    data: { ...data, messageId: message, fingerprint: message },
  } as unknown as DomainEvent;
  await casement.application.get<Record>(RECORD).write(stream, event, {
    commandId: commandId(`again-${number}`),
    correlationId: 'flood',
    causationId: null,
    organisationId: organisationId('acmemotors'),
    actor: metadata.actor,
    capability: null,
    at: metadata.occurredAt,
    subject: metadata.subject,
    basis: [],
  });
};

/** Writes so many, and waits until the views show them. */
const writeMany = async (count: number): Promise<void> => {
  await inParallel(Array.from({ length: count }), writesAtOnce, writeAgain);
  const newest = tail.newest();
  if (newest !== null) await views.reached(newest, scenarioMsMax);
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const memoryMb = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_000_000;
};

/** The middle of the times from writing a fact until a neighbour, who is new, is told. */
const neighbourMs = async (): Promise<number> => {
  const waiting = tail.listeners;
  const neighbour = await rawSubscriber(casement, 'agent', query);
  await eventually('the neighbour', () => tail.listeners > waiting);
  const times: number[] = [];
  for (let count = 0; count < timedFacts; count += 1) {
    const startedAt = performance.now();
    await Promise.all([once(neighbour, 'message'), writeAgain()]);
    times.push(performance.now() - startedAt);
  }
  neighbour.close();
  return times.toSorted((a, b) => a - b)[timedFacts / 2] ?? NaN;
};

describe('a subscriber who is told nothing', () => {
  it('leaves nothing behind, a thousand times over', async () => {
    const after = await talk.position();
    const before = { listeners: tail.listeners, clients: await clients(), timers: timers() };
    const sockets = await inParallel(Array.from({ length: idle }), 50, () =>
      rawSubscriber(casement, 'agent', query, { after }),
    );
    expect(await clients()).toBe(before.clients + idle);
    const told = Promise.all(sockets.map((socket) => once(socket, 'message')));
    await eventually('someone who listens', () => tail.listeners > before.listeners);
    await writeAgain();
    await told;
    sockets.forEach((socket, index) => {
      if (index % 2 === 0) socket.terminate();
      else socket.close();
    });
    await eventually('no listener', () => tail.listeners === before.listeners);
    await eventually('no client', async () => (await clients()) === before.clients);
    await eventually('no timer more than before', () => timers() <= before.timers);
  });
});

describe('a subscriber who reads nothing', () => {
  it('costs little over 20,000 changes, and its neighbours no time', async () => {
    const after = await talk.position();
    const alone = await neighbourMs();
    await eventually('no client', async () => (await clients()) === 0);

    const paused: WebSocket[] = [];
    // Whoever answers no ping is ended after a while, and comes again.
    const pause = async (): Promise<void> => {
      for (let open = await clients(); open < pausedAtOnce; open += 1) {
        const socket = await rawSubscriber(casement, 'manager', query, { after });
        socket.pause();
        paused.push(socket);
      }
    };
    for (let from = 0; from < flood; from += floodPerLook) {
      await pause();
      await writeMany(floodPerLook);
    }
    await pause();

    const together = await neighbourMs();
    await eventually('the paused alone', async () => (await clients()) <= pausedAtOnce);
    // What is still under way elsewhere is not the paused one's.
    await casement.caughtUp();
    const withPaused = memoryMb();
    for (const socket of paused) socket.terminate();
    await eventually('no client', async () => (await clients()) === 0);
    expect((withPaused - memoryMb()) / pausedAtOnce).toBeLessThan(pausedMbMax);
    const aloneAgain = await neighbourMs();
    expect(together / Math.max(alone, aloneAgain)).toBeLessThan(slowerMax);
  });
});
