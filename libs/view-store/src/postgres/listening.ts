import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Position } from '#kernel';
import { positionFrom } from '../followers/positions.js';
import { connectionOptions, type OpenDatabase } from './database.js';
import { movedChannel } from './dialect.js';

const againAfterMsMin = 50;
const againAfterMsMax = 5_000;

export type Listening = {
  /** Whether what another process commits is told here at once. */
  readonly listens: () => boolean;
  readonly stop: () => Promise<void>;
};

export type Heard = {
  /** The views of the schema have moved. */
  readonly moved: (position: Position) => void;
  /** Listens from now on, perhaps again: what came before was missed. */
  readonly begun: () => Promise<void>;
};

/** One connection that is told of every commit of the views, and made anew when it is lost. */
export const listening = (options: OpenDatabase, { moved, begun }: Heard): Listening => {
  const stopped = new AbortController();
  let listens = false;
  const listen = async (): Promise<void> => {
    const client = new pg.Client(connectionOptions(options));
    let leave = (): void => undefined;
    const lost = new Promise<void>((resolve) => {
      leave = resolve;
      client.once('end', resolve);
      client.on('error', () => resolve());
    });
    stopped.signal.addEventListener('abort', leave, { once: true });
    client.on('notification', ({ payload = '' }) => {
      const [schema, position = ''] = payload.split(' ');
      if (schema === options.schema) moved(positionFrom(position));
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${movedChannel}`);
      await begun();
      listens = true;
      await lost;
    } finally {
      listens = false;
      stopped.signal.removeEventListener('abort', leave);
      await client.end().catch(() => undefined);
    }
  };
  const run = async (): Promise<void> => {
    const { signal } = stopped;
    let againAfterMs = againAfterMsMin;
    while (!signal.aborted) {
      const startedAt = performance.now();
      // Nobody is told: whoever waits looks for himself meanwhile.
      await listen().catch(() => undefined);
      if (performance.now() - startedAt > againAfterMsMax) againAfterMs = againAfterMsMin;
      // Aborting ends the pause early, by a rejection that says nothing new.
      await pause(againAfterMs, null, { signal }).catch(() => undefined);
      againAfterMs = Math.min(againAfterMs * 2, againAfterMsMax);
    }
  };
  const ended = run();
  return {
    listens: () => listens,
    stop: () => {
      stopped.abort();
      return ended;
    },
  };
};
