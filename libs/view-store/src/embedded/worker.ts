import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Asked, Failure, Role, Served } from './wire.js';
import { inputFrom, roleFrom } from './wire-codec.js';

/** The thread of one database: does what it is asked, one call after the other. */

/** Loaded by need: a thread that starts with less is up sooner. */
const roles: { readonly [role in Role]: () => Promise<Served> } = {
  'views-writer': async () => (await import('./views-writer.js')).viewsWriterServed(),
  'views-reader': async () => (await import('./views-reader.js')).viewsReaderServed(),
  'views-replacer': async () => (await import('./views-replacer.js')).viewsReplacerServed(),
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

const answer = async (served: Served, { id, call, input }: Asked): Promise<Answer> => {
  try {
    const perform = served.calls[call];
    if (perform === undefined) throw new Error(`this thread has no call "${call}"`);
    return { id, output: await perform(inputFrom(input)), failure: null };
  } catch (error) {
    return { id, output: null, failure: failure(error) };
  }
};

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');
const served = await roles[roleFrom(workerData)]();

/** The call under way; the next one begins when it has ended, since a call may be a transaction. */
let last = Promise.resolve();
const perform = async (asked: Asked): Promise<void> => {
  if (asked.call !== 'close') {
    port.postMessage(await answer(served, asked));
    return;
  }
  served.close();
  port.close();
};
port.on('message', (asked: Asked) => {
  last = last.then(() => perform(asked));
});
