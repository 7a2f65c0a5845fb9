import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { StoreUnavailable, WrongExpectedRevision } from '../port.js';
import { Backoff, Calls, Patience } from './calling.js';
import { EventStoreDbStore } from './event-store.js';
import { isPassing } from './failures.js';
import { OWN_STREAM } from './found-events.js';
import { appendOneByOne, disconnect } from './inside.js';
import { Reading } from './reading.js';
import { Tail } from './tail.js';

/** For how long a server is waited for that cannot be reached at the start. */
const OPENING_PATIENCE_MS = 30_000;

export type EventStoreDbOptions = {
  /** `esdb://` or `esdb+discover://`, with credentials and TLS as the client reads them. */
  readonly connectionString: string;
  /** Ends the opening, which waits for a server that is not there yet. */
  readonly signal?: AbortSignal;
};

export type OpenedEventStoreDb = {
  readonly store: EventStoreDbStore;
  /** Random, made with the log: positions of another epoch mean nothing here. */
  readonly epoch: string;
  readonly close: () => Promise<void>;
};

/** KurrentDB's own scheme says the same. */
const kurrentScheme = /^\s*(?:kurrentdb|kurrent|kdb)(?=(?:\+discover)?:\/\/)/;

const clientOf = (connectionString: string): EventStoreDBClient => {
  if (/[?&]throw_?-?on_?-?append_?-?failure=false/i.test(connectionString))
    throw new TypeError('throwOnAppendFailure=false would have appends answer a wrong revision');
  const ours = connectionString.replace(kurrentScheme, 'esdb');
  const client = EventStoreDBClient.connectionString(ours);
  appendOneByOne(client);
  return client;
};

type Parts = {
  readonly client: EventStoreDBClient;
  readonly calls: Calls;
  readonly reading: Reading;
};

/** The id of the first event of our own stream; null while there is none. */
const epochFound = async ({ reading }: Parts): Promise<string | null> => {
  const one = { direction: 'forwards', maxCount: 1 } as const;
  for await (const { id } of reading.stream(OWN_STREAM, one)) return id;
  return null;
};

/** The same, made once, whoever of several comes first. */
const epochOf = async (parts: Parts): Promise<string> => {
  const begun = await epochFound(parts);
  if (begun !== null) return begun;
  const stream = OWN_STREAM;
  const event = jsonEvent({ id: randomUUID(), type: 'LogBegun', data: {} });
  const options = { expectedRevision: 'no_stream', requiresLeader: true } as const;
  const asked = { stream, expected: 'no-stream' } as const;
  try {
    await parts.calls.call(asked, (deadline) =>
      parts.client.appendToStream(stream, event, { ...options, deadline }),
    );
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
  }
  const made = await epochFound(parts);
  if (made === null) throw new StoreUnavailable(`the stream ${stream} cannot be read`);
  return made;
};

/** False when it was reached and will not have us. */
const isAway = (error: unknown): boolean =>
  error instanceof StoreUnavailable && isPassing(error.cause);

/**
 * Connects to EventStoreDB or KurrentDB (22.6 or later) and reads where the log ends. Throws
 * StoreUnavailable when the server cannot be reached in 30 s, refuses, or is too old.
 */
export const openEventStoreDb = async (
  options: EventStoreDbOptions,
): Promise<OpenedEventStoreDb> => {
  const opened = await connected(options, epochOf);
  if (opened === null) throw new StoreUnavailable('the log has not begun');
  return opened;
};

/** The same, for who only looks: null when no engine has begun a log there. Writes nothing. */
export const openEventStoreDbBeside = (
  options: EventStoreDbOptions,
): Promise<OpenedEventStoreDb | null> => connected(options, epochFound);

const connected = async (
  { connectionString, signal = new AbortController().signal }: EventStoreDbOptions,
  findEpoch: (parts: Parts) => Promise<string | null>,
): Promise<OpenedEventStoreDb | null> => {
  const client = clientOf(connectionString);
  const stopping = new AbortController();
  // Whoever reads or follows waits for it, and that is many: no leak.
  setMaxListeners(0, stopping.signal);
  const patience = new Patience();
  const giveUp = (): void => stopping.abort();
  signal.addEventListener('abort', giveUp);
  const calls = new Calls(patience, stopping.signal);
  const reading = new Reading(client, patience, stopping.signal);
  const end = async (): Promise<void> => {
    signal.removeEventListener('abort', giveUp);
    stopping.abort();
    await disconnect(client);
  };
  const backoff = new Backoff();
  const endsAt = performance.now() + OPENING_PATIENCE_MS;
  for (;;)
    try {
      const epoch = await findEpoch({ client, calls, reading });
      if (epoch === null) {
        await end();
        return null;
      }
      const found = { client, calls, reading };
      const recognised = { epoch, find: () => epochFound(found) };
      const tail = new Tail(client, stopping.signal, recognised, await reading.newest());
      const parts = { client, epoch, patience, reading, tail, stopping };
      signal.removeEventListener('abort', giveUp);
      const store = new EventStoreDbStore(parts);
      return { store, epoch, close: () => store.close() };
    } catch (error) {
      const isOver = signal.aborted || performance.now() >= endsAt;
      if (isOver || !isAway(error)) {
        await end();
        throw error;
      }
      await backoff.wait(stopping.signal);
    }
};
