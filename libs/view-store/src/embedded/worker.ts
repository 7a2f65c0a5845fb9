import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Asked, Failure, Role, Served } from './calls.js';
import { followersServed } from './followers-database.js';
import { viewsReaderServed } from './views-reader.js';
import { viewsWriterServed } from './views-writer.js';

/** The thread of one database: does what it is asked, one call after the other. */

const roles: { readonly [role in Role]: () => Served } = {
  'views-writer': viewsWriterServed,
  'views-reader': viewsReaderServed,
  followers: followersServed,
};

const failure = (error: unknown): Failure =>
  error instanceof Error
    ? {
        name: error.name,
        message: error.message,
        cause: error.cause instanceof Error ? error.cause.message : null,
      }
    : { name: 'Error', message: String(error), cause: null };

const answer = (served: Served, { id, call, input }: Asked): Answer => {
  try {
    const perform = served.calls[call];
    if (perform === undefined) throw new Error(`this thread has no call "${call}"`);
    // The input was made for this very call by the typed side of the thread.
    return { id, output: perform(input as never), failure: null };
  } catch (error) {
    return { id, output: null, failure: failure(error) };
  }
};

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');
const served = roles[workerData as Role]();
port.on('message', (asked: Asked) => {
  if (asked.call !== 'close') {
    port.postMessage(answer(served, asked));
    return;
  }
  served.close();
  port.close();
});
