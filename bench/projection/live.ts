import type { Recorded } from '#kernel';
import type { EventLog } from '#event-store';
import { readModel } from '#platform';
import { openEmbeddedViews, Projector, type ViewStore } from '#view-store';
import { temporaryDirectory } from '../support/embedded.js';

export const onParked = (): never => {
  throw new Error('a row was parked');
};
const onFault = (error: unknown): never => {
  throw error;
};

/** The same log, of which only the first facts are told. */
const firstOf = (log: EventLog, count: number): EventLog => ({
  ...log,
  subscribe: async function* ({ prefixes }) {
    const facts = log.readAll({ direction: 'forwards', prefixes, maxCount: count });
    let last: Recorded | null = null;
    for await (const event of facts) {
      last = event;
      yield { kind: 'event', event } as const;
    }
    yield { kind: 'caught-up', position: last?.position ?? null } as const;
  },
});

/** Facts per second of a projector that begins with empty views, until it has come to the end. */
export const projectedLive = async (
  log: EventLog,
  views: ViewStore,
  count: number,
): Promise<number> => {
  const startedAt = performance.now();
  const shortened = firstOf(log, count);
  const projector = new Projector({ log: shortened, views, readModel, onParked, onFault });
  projector.start();
  await projector.caughtUp();
  const seconds = (performance.now() - startedAt) / 1_000;
  await projector.stop();
  return count / seconds;
};

export const liveOnFiles = async (log: EventLog, count: number): Promise<number> => {
  const { directory, remove } = await temporaryDirectory();
  const { views, close } = await openEmbeddedViews({ directory, readModel });
  const rate = await projectedLive(log, views, count);
  await close();
  await remove();
  return rate;
};
