import { openEmbedded } from '../open-embedded.js';
import { anEvent, idsOf } from './driver.js';

/** What the appending process says on its standard output, one line each, after the fact. */
export type Acknowledged = {
  readonly ids: readonly string[];
  readonly position: string;
  readonly revision: string;
  readonly subject: string;
  readonly key: string;
};

const WRITERS = 8;

/** Appends three events at a time, with several writers, until it is killed. */
const appendForEver = async (directory: string, key: string, cycle: string): Promise<void> => {
  const keyEncryptionKey = Buffer.from(key, 'hex');
  const { store, keys } = await openEmbedded({
    directory,
    keyEncryptionKey,
    clock: () => Date.now(),
  });
  const writer = async (_: unknown, number: number): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      const subject = `${cycle}-${number}-${Math.floor(turn / 5)}`;
      const sealing = await keys.keyFor('acme', subject);
      const events = [1, 2, 3].map((of) => anEvent({ append: `${number}-${turn}`, of }));
      const { position, revision } = await store.append(`cycle${cycle}-${number}`, 'any', events);
      const acknowledged: Acknowledged = {
        ids: idsOf(events),
        position,
        revision: String(revision),
        subject,
        key: sealing.toString('hex'),
      };
      process.stdout.write(`${JSON.stringify(acknowledged)}\n`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
};

const [, , directory = '', key = '', cycle = ''] = process.argv;
await appendForEver(directory, key, cycle);
