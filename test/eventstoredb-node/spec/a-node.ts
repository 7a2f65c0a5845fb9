import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventStoreDBClient,
  jsonEvent,
  type JSONEventData,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { startNode, type EventStoreDbNode, type NodeOptions } from '../node.js';

export type ANode = EventStoreDbNode & {
  readonly directory: string;
  readonly client: EventStoreDBClient;
  /** Another client, closed with the node. */
  readonly connect: (connectionString?: string) => EventStoreDBClient;
  /** Closes the clients and the node and removes the directory. */
  readonly end: () => Promise<void>;
};

/** A node on a directory of its own, and the real client connected to it. */
export const aNode = async (options: Partial<NodeOptions> = {}): Promise<ANode> => {
  const directory = await mkdtemp(join(tmpdir(), 'casement-node-'));
  const node = await startNode({ directory, ...options });
  const clients: EventStoreDBClient[] = [];
  const connect = (connectionString = node.connectionString): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString(connectionString);
    clients.push(client);
    return client;
  };
  const end = async (): Promise<void> => {
    node.faults.heal();
    for (const client of clients) await client.dispose();
    await node.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { ...node, directory, client: connect(), connect, end };
};

export const aStream = (): string => `thread-${randomUUID()}`;

export const anEvent = (value: number | string = 0, type = 'Noted'): JSONEventData =>
  jsonEvent({ type, data: { value }, metadata: { by: 'a spec' } });

export const someEvents = (count: number): JSONEventData[] =>
  Array.from({ length: count }, (_, index) => anEvent(index));

/** All that a read tells. */
export const all = async (read: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> => {
  const found: ResolvedEvent[] = [];
  for await (const one of read) found.push(one);
  return found;
};

export const revisions = async (read: AsyncIterable<ResolvedEvent>): Promise<bigint[]> =>
  (await all(read)).map(({ event }) => event?.revision ?? -1n);

/** What a promise is rejected with. */
export const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
