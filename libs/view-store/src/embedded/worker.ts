import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Asked, Failure, Role, Served } from './calls.js';
import { inputFrom, roleFrom } from './wire-codec.js';

/** The thread of one database: does what it is asked, one call after the other. */

/** Loaded by need: a thread that starts with less is up sooner. */
const roles: { readonly [role in Role]: () => Promise<Served> } = {
  'views-writer': async () => (await import('./views-writer.js')).viewsWriterServed(),
  'views-reader': async () => (await import('./views-reader.js')).viewsReaderServed(),
  followers: async () => (await import('./followers-database.js')).followersServed(),
  'followers-beside': async () => (await import('./followers-database.js')).followersBesideServed(),
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
    return { id, output: perform(inputFrom(input)), failure: null };
  } catch (error) {
    return { id, output: null, failure: failure(error) };
  }
};

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');
const served = await roles[roleFrom(workerData)]();
port.on('message', (asked: Asked) => {
  if (asked.call !== 'close') {
    port.postMessage(answer(served, asked));
    return;
  }
  served.close();
  port.close();
});
