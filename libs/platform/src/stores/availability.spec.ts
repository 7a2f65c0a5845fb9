import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventId } from '#kernel';
import {
  StoreUnavailable,
  WrongExpectedRevision,
  createMemoryEventStore,
  type EventStore,
} from '#event-store';
import { guarded } from './availability.js';

const anEvent = () => ({ id: eventId(randomUUID()), type: 'Seen', data: {}, metadata: {} });

/** A log whose server can be taken away, and the guard before it. */
const aLog = () => {
  const log = createMemoryEventStore({ clock: () => 0 });
  const server = { isUp: true, asked: 0, nowMs: 0 };
  const reached = (): void => {
    server.asked += 1;
    if (!server.isUp) throw new StoreUnavailable('nobody answers');
  };
  const remote: EventStore = Object.assign(Object.create(log) as EventStore, {
    append: async (...request: Parameters<EventStore['append']>) => {
      reached();
      return log.append(...request);
    },
    readStream: async function* (...request: Parameters<EventStore['readStream']>) {
      reached();
      yield* log.readStream(...request);
    },
    head: async () => {
      reached();
      return log.head();
    },
  });
  const { store, writeRefusal } = guarded(remote, { monotonicMs: () => server.nowMs });
  const append = () => store.append(`s-${randomUUID()}`, 'no-stream', [anEvent()]);
  const read = async () => {
    for await (const _ of store.readStream('s-1', { direction: 'forwards' })) return;
  };
  return { server, store, append, read, writeRefusal };
};

describe('a log that does not answer', () => {
  it('is asked once, and then left alone for half a second, by writers and readers', async () => {
    const { server, append, read } = aLog();
    server.isUp = false;
    await expect(append()).rejects.toThrow('nobody answers');
    server.nowMs = 499;
    await expect(append()).rejects.toThrow(StoreUnavailable);
    await expect(read()).rejects.toThrow(StoreUnavailable);
    expect(server.asked).toBe(1);
    server.nowMs = 500;
    await expect(Promise.allSettled([append(), append(), read()])).resolves.toHaveLength(3);
    expect(server.asked).toBe(2);
  });

  it('is open to all again once one of them had an answer', async () => {
    const { server, append, read } = aLog();
    server.isUp = false;
    await expect(append()).rejects.toThrow(StoreUnavailable);
    server.isUp = true;
    server.nowMs = 500;
    await read();
    await Promise.all([append(), append()]);
    expect(server.asked).toBe(4);
  });

  it('has answered, too, when it refuses what it is asked', async () => {
    const { server, append, store } = aLog();
    server.isUp = false;
    await expect(append()).rejects.toThrow(StoreUnavailable);
    server.isUp = true;
    server.nowMs = 500;
    const late = store.append('s-1', 7n, [anEvent()]);
    await expect(late).rejects.toThrow(WrongExpectedRevision);
    await expect(append()).resolves.toMatchObject({ revision: 0n });
  });

  it('is named as what is wrong, for as long as it is', async () => {
    const { server, writeRefusal } = aLog();
    expect(await writeRefusal()).toBeNull();
    server.isUp = false;
    expect(await writeRefusal()).toBe('nobody answers');
  });
});
