import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { StoreUnavailable } from '../port.js';
import { failureOf } from './failures.js';
import { KeyFile } from './key-file.js';
import { LogFile } from './log-file.js';
import { takeOwnership } from './owner-lock.js';
import type { Asked, ExchangeKind, Exchanges, Link, Told, WorkerOptions } from './protocol.js';
import { Writability } from './writability.js';

/** The one thread that touches the files. What it is asked, it does in the order it was asked. */
type Handlers = {
  readonly [Kind in ExchangeKind]: (
    ask: Exchanges[Kind]['ask'],
  ) => Exchanges[Kind]['answer'] | Promise<Exchanges[Kind]['answer']>;
};

const openFiles = ({ directory, readOnly, keyEncryptionKey, testing }: WorkerOptions) => {
  if (readOnly && !existsSync(join(directory, 'log.db')))
    throw new StoreUnavailable(`there is no log in ${directory}`);
  if (!readOnly) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const held: (() => void)[] = [];
  const close = (): void => {
    for (const letGo of held.reverse()) letGo();
  };
  try {
    if (!readOnly) held.push(takeOwnership(directory).release);
    const writability = new Writability();
    if (readOnly) writability.stop(new Error('the log is open read-only'));
    const shared = { readOnly, writability, testing };
    const keys = new KeyFile({ path: join(directory, 'keys.db'), keyEncryptionKey, ...shared });
    held.push(() => keys.close());
    const log = new LogFile({ path: join(directory, 'log.db'), ...shared });
    held.push(() => log.close());
    return { log, keys, writability, close };
  } catch (error) {
    // A start that fails keeps nothing locked.
    close();
    throw error;
  }
};

/** Checks the next page of the chain. Between two pages, what is asked meanwhile goes first. */
const verifyPage = (
  log: LogFile,
  writability: Writability,
  { before, until }: Exchanges['verifyPage']['ask'],
): Link => {
  try {
    return log.check(before, until);
  } catch (error) {
    // Nothing is built upon a log that cannot be trusted.
    writability.stop(error);
    throw error;
  }
};

const handlersOf = ({ log, keys, writability, close }: ReturnType<typeof openFiles>): Handlers => ({
  append: ({ appends, now }) => {
    const answers = log.append(appends, now);
    setImmediate(() => log.checkpointWhenDue());
    return answers;
  },
  readStream: (ask) => log.readStream(ask),
  readAll: (ask) => log.readAll(ask),
  head: () => log.head(),
  getMetadata: (stream) => log.metadata(stream),
  setMetadata: ({ stream, metadata }) => {
    log.setMetadata(stream, metadata);
    return null;
  },
  deleteStream: ({ stream, deletion }) => {
    log.deleteStream(stream, deletion);
    return null;
  },
  keys: (requests) => keys.answer(requests),
  verifyPage: (ask) => verifyPage(log, writability, ask),
  statistics: () => ({
    commits: log.commits,
    keyCommits: keys.commits,
    checkpoints: log.checkpoints,
  }),
  close: () => {
    close();
    return null;
  },
});

const serve = (port: MessagePort, handlers: Handlers): void => {
  const tell = (told: Told): void => port.postMessage(told);
  const handle = async ({ number, kind, ask }: Asked): Promise<void> => {
    try {
      const handler = handlers[kind] as (asked: unknown) => unknown;
      const result = handler(ask);
      const answer: unknown = result instanceof Promise ? await result : result;
      tell({ kind: 'answer', number, answer });
    } catch (error) {
      tell({ kind: 'failure', number, failure: failureOf(error) });
    }
    if (kind === 'close') port.close();
  };
  port.on('message', (asked: Asked) => void handle(asked));
};

const start = (port: MessagePort, options: WorkerOptions): void => {
  const tell = (told: Told): void => port.postMessage(told);
  try {
    const files = openFiles(options);
    serve(port, handlersOf(files));
    tell({ kind: 'ready', epoch: files.log.epoch(), head: files.log.head() });
  } catch (error) {
    tell({ kind: 'failed', failure: failureOf(error) });
    port.close();
  }
};

if (parentPort !== null) start(parentPort, workerData as WorkerOptions);
