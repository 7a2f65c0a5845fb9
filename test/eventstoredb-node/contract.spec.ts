import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDb, type EventStore } from '#event-store';
import { describeEventStore } from '#event-store/spec';
import { startNode } from './node.js';

describeEventStore('EventStoreDB, over its own client', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'casement-node-'));
  let node = await startNode({ directory });
  const { port, connectionString } = node;
  const opened = [await openEventStoreDb({ connectionString })];
  const [{ store }] = opened as [(typeof opened)[number]];
  const reopen = async (): Promise<EventStore> => {
    await store.close();
    const again = await openEventStoreDb({ connectionString });
    opened.push(again);
    return again.store;
  };
  const interrupt = async (): Promise<EventStore> => {
    await node.close();
    node = await startNode({ directory, port });
    return store;
  };
  const cleanup = async (): Promise<void> => {
    for (const { close } of opened) await close();
    await node.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { store, reopen, interrupt, cleanup };
});
